import assert from "node:assert/strict";
import { JaegerClient } from "../../../shared/jaeger/client";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import type { Cluster } from "../../../lab/cluster";
import { jaegerProcess } from "../support/jaegerPod";
import { acceptedSpans, envoyStats, freshContext, load, request } from "../support/mesh";
import { eventually, kubectl, labWithProgram } from "../support/sharedLab";

const REQUESTS = 2000;

/** Signs of lost spans in the statistics that a sidecar keeps of the collector's cluster. */
const FAILURES =
    /jaeger-collector.*\.(upstream_rq_503|upstream_cx_none_healthy|upstream_cx_connect_fail|upstream_rq_rx_reset|upstream_rq_pending_failure_eject|upstream_rq_cancelled)$/;

describe("a collector that is gone", () => {
    let lab: Cluster;
    let jaeger: JaegerClient;
    before(async () => {
        lab = await labWithProgram();
        jaeger = new JaegerClient(lab.jaegerUrl);
    });

    const failures = (): number =>
        ["frontend", "backend"]
            .flatMap((workload) => Object.entries(envoyStats(lab, workload)))
            .reduce((sum, [name, value]) => sum + (FAILURES.test(name) ? value : 0), 0);
    const recovers = (): Promise<true> =>
        eventually(60, async () => {
            const { header, traceId } = freshContext();
            request(lab, header);
            await new Promise((resolve) => setTimeout(resolve, 1500));
            const trace = await jaeger.trace(traceId).catch(() => undefined);
            if (trace === undefined) return "no new trace reaches Jaeger";
            return whyNotJoined(trace, "frontend.demo", "backend.demo") ?? true;
        });
    const ready = (): string =>
        kubectl(lab, "rollout", "status", "deployment/jaeger", "-n", "istio-system", "--timeout=60s");

    const outages: { what: string; begin: () => void; end: () => void }[] = [
        {
            what: "scaled to nothing",
            begin: () => {
                kubectl(lab, "scale", "deployment/jaeger", "-n", "istio-system", "--replicas=0");
                kubectl(lab, "wait", "--for=delete", "pod", "-n", "istio-system", "-l", "app=jaeger", "--timeout=60s");
            },
            end: () => {
                kubectl(lab, "scale", "deployment/jaeger", "-n", "istio-system", "--replicas=1");
                ready();
            },
        },
        {
            what: "refusing connections",
            begin: () => {
                patchPort(lab, 14317);
            },
            end: () => {
                patchPort(lab, "grpc-otlp");
            },
        },
    ];
    for (const { what, begin, end } of outages) {
        it(`${what}, fails no request of an application; lost spans can be counted, and tracing recovers by itself`, async () => {
            const before = failures();
            begin();
            try {
                assert.equal(load(lab, REQUESTS), REQUESTS);
                await eventually(15, () => Promise.resolve(failures() > before ? true : "no sidecar counts a failure"));
            } finally {
                end();
            }
            await recovers();
        });
    }

    it("killed, fails no request of an application, and tracing recovers by itself", async () => {
        kubectl(lab, "delete", "pod", "-n", "istio-system", "-l", "app=jaeger", "--grace-period=0", "--force");
        assert.equal(load(lab, REQUESTS), REQUESTS);
        ready();
        await recovers();
    });

    it("paused for some seconds, fails no request of an application, and the spans arrive afterwards", async () => {
        const pid = jaegerProcess(lab);
        const before = acceptedSpans(lab);
        process.kill(pid, "SIGSTOP");
        try {
            assert.equal(load(lab, REQUESTS), REQUESTS);
        } finally {
            process.kill(pid, "SIGCONT");
        }
        await eventually(30, () => {
            const arrived = acceptedSpans(lab) - before;
            return Promise.resolve(
                arrived >= REQUESTS ? true : `${String(arrived)} spans of ${String(2 * REQUESTS)} arrived`,
            );
        });
        await recovers();
    });
});

/** Points the collector's gRPC port at another port of Jaeger's pod. */
function patchPort(lab: Cluster, targetPort: string | number): void {
    const patch = JSON.stringify([{ op: "replace", path: "/spec/ports/0/targetPort", value: targetPort }]);
    kubectl(lab, "patch", "service", "jaeger-collector", "-n", "istio-system", "--type=json", "-p", patch);
}
