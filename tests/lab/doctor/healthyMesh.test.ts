import assert from "node:assert/strict";
import type { Diagnosis } from "../../../doctor";
import type { Cluster } from "../../../lab/cluster";
import { assertHealthy } from "./examine";
import { kubectl, labWithProgram } from "../support/sharedLab";

describe("the doctor, in a mesh that works", () => {
    let lab: Cluster;
    let diagnosis: Diagnosis;
    let objects: string[];
    /** What there is and stays: pods of an update before the test may still be on their way out. */
    const everything = (): string[] => {
        const kinds = "pods,jobs,services,configmaps,telemetries";
        const { items } = JSON.parse(kubectl(lab, "get", kinds, "-A", "-o", "json")) as { items: Item[] };
        return items
            .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
            .map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
    };
    before(async () => {
        lab = await labWithProgram();
        objects = everything();
        diagnosis = await assertHealthy(lab);
    });

    it("finds nothing, and every segment green", () => {
        assert.equal(diagnosis.brokenAt, undefined);
        assert.equal(diagnosis.segments.length, 8);
    });

    it("shows a probe's trace with both services of the demo", () => {
        const services = diagnosis.trace?.spans.map(({ service }) => service) ?? [];
        assert.deepEqual([...new Set(services)].sort(), ["backend.demo", "frontend.demo"]);
    });

    it("names the Telemetry that decided the sampling, and measures it", () => {
        assert.deepEqual(diagnosis.sampling.decidedBy, {
            source: "telemetry",
            object: { namespace: "istio-system", name: "mesh-default" },
            field: "randomSamplingPercentage",
        });
        assert.equal(diagnosis.sampling.traces, diagnosis.sampling.requests);
    });

    it("finds every span of its own requests again", () => {
        assert.equal(diagnosis.loss.found, diagnosis.loss.expected);
    });

    it("leaves nothing behind", () => {
        assert.deepEqual(everything(), objects);
    });
});

interface Item {
    kind: string;
    metadata: { name: string; namespace: string; deletionTimestamp?: string };
}
