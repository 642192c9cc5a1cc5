import assert from "node:assert/strict";
import type { ProbeRun } from "../../../../doctor/evidence";
import { addressesIn } from "../../../../doctor/evidence/accessLog";
import { pathTaken, respondingPods } from "../../../../doctor/probe/respondingPods";
import type { PodObject } from "../../../../shared/kubernetes/objects";

const pod = (name: string, podIP: string): PodObject => ({
    metadata: { name, namespace: "demo", uid: name },
    status: { podIP },
});
const [source, backend, canary, other] = [
    pod("frontend", "10.0.0.1"),
    pod("backend", "10.0.0.2"),
    pod("canary", "10.0.0.3"),
    pod("other", "10.0.0.4"),
];
const PODS = [source, backend, canary, other];
const PATH = { source, url: "http://backend", service: undefined, port: 80, targets: [backend] };

/** A probe whose trace goes from pod to pod. */
function probe(...names: string[]): ProbeRun {
    const spans = names.map((name, index) => ({
        ...{ traceId: "t", spanId: String(index), parentSpanId: index === 0 ? "probe" : String(index - 1) },
        ...{ service: "", operation: "", startMicros: 0, durationMicros: 1 },
        tags: { node_id: `sidecar~10.0.0.1~${name}.demo~demo.svc` },
    }));
    const answer = { traceId: "t", spanId: "probe", requestId: "r", status: 200, error: "", unresolved: false };
    return { answer, trace: { traceId: "t", spans }, seen: true, callsWithoutContext: [], expectedByChance: 0 };
}

const taken = (probes: ProbeRun[], log: string[] = []): string[] => {
    const reached = respondingPods(PATH, probes, addressesIn(log), PODS);
    return pathTaken(PATH, reached).targets.map(({ metadata }) => metadata.name);
};

describe("the pods behind a path", () => {
    it("are those of its Service where one of them has answered", () => {
        assert.deepEqual(taken([probe("frontend", "backend")]), ["backend"]);
    });

    it("are those to which a VirtualService leads instead, and none that are called from there", () => {
        assert.deepEqual(taken([probe("frontend", "canary", "other")]), ["canary"]);
    });

    it("are both where a VirtualService leads some requests elsewhere", () => {
        assert.deepEqual(taken([probe("frontend", "backend"), probe("frontend", "canary")]), ["backend", "canary"]);
    });

    it("are known from the source's access log where no span has arrived", () => {
        const log = ["GET / 200 upstream_host=10.0.0.3:8080 10.96.0.9:80"];
        assert.deepEqual(taken([{ ...probe(), trace: undefined }], log), ["canary"]);
    });
});
