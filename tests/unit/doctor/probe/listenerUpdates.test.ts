import assert from "node:assert/strict";
import type { ProbeRun } from "../../../../doctor/evidence";
import { hopsOf } from "../../../../doctor/evidence/traceStructure";
import { repeatIncomplete } from "../../../../doctor/probe/listenerUpdates";
import type { PodObject } from "../../../../shared/kubernetes/objects";

const pod = (name: string): PodObject => ({ metadata: { name, namespace: "demo", labels: { app: name } } });
const HOPS = hopsOf(pod("frontend"), [pod("backend")]);

/** A probe of whose trace only these services have reported. */
function probeSeenBy(...services: string[]): ProbeRun {
    const spans = services.map((service, index) => ({
        ...{ service: `${service}.demo`, spanId: `s${String(index)}`, parentSpanId: index === 0 ? "p" : "s0" },
        tags: {},
    }));
    return { answer: { spanId: "p" }, trace: { spans } } as unknown as ProbeRun;
}

describe("the doctor's probes, right after a change of the path's listeners", () => {
    const whole = probeSeenBy("frontend", "backend");
    const incomplete = probeSeenBy("frontend");
    let sent: number[];
    const send = (count: number): Promise<ProbeRun[]> => {
        sent.push(count);
        return Promise.resolve(Array.from({ length: count }, () => probeSeenBy("frontend", "backend")));
    };
    beforeEach(() => {
        sent = [];
    });

    it("are sent once more where a connection of before has swallowed a span", async () => {
        const probes = await repeatIncomplete([whole, incomplete, whole], HOPS, send);
        assert.deepEqual(sent, [1]);
        assert.ok(probes.length === 3 && !probes.includes(incomplete));
    });

    it("stay as they are when all are whole, or none is: then no old connection is to blame", async () => {
        assert.deepEqual(await repeatIncomplete([whole, whole], HOPS, send), [whole, whole]);
        assert.deepEqual(await repeatIncomplete([incomplete, incomplete], HOPS, send), [incomplete, incomplete]);
        assert.deepEqual(sent, []);
    });
});
