import assert from "node:assert/strict";
import { diagnose, type Diagnosis } from "../../../doctor/diagnose";
import { collectEvidence } from "../../../doctor/evidence/collect";
import { fakeMesh, type FakeMesh, type FakeMeshSpec } from "./fakeMesh";

async function examine(spec: FakeMeshSpec): Promise<FakeMesh & { diagnosis: Diagnosis }> {
    const mesh = fakeMesh(spec);
    const evidence = await collectEvidence(mesh.access, { requests: 100 }, () => undefined);
    return { ...mesh, diagnosis: diagnose(evidence) };
}

/** Questions without the further pages of long lists. */
function questions({ asked }: FakeMesh): string[] {
    return asked.filter((path) => !path.includes("continue="));
}

describe("the doctor, in a large mesh", () => {
    it("asks as much of 5000 pods as of 500, but for the pages of the list", async () => {
        const [small, large] = await Promise.all([
            examine({ bystanders: 500, backends: 2, answering: 0 }),
            examine({ bystanders: 5000, backends: 2, answering: 0 }),
        ]);
        assert.deepEqual(small.diagnosis.findings, []);
        assert.deepEqual(large.diagnosis.findings, []);
        assert.equal(questions(large).length, questions(small).length);
        assert.ok(questions(large).length < 70, questions(large).join("\n"));
        assert.deepEqual([...large.entered].sort(), ["demo/backend-0", "demo/backend-1", "demo/frontend-0"]);
    });

    it("looks into few of 200 pods behind a Service, among them the one that answered, and says how many it left out", async () => {
        const { entered, diagnosis } = await examine({ bystanders: 0, backends: 200, answering: 150 });
        assert.ok(entered.has("demo/backend-150"));
        assert.equal(entered.size, 5);
        assert.deepEqual(diagnosis.findings, []);
        assert.ok(diagnosis.healthy);
        const values = diagnosis.segments.find(({ segment }) => segment === "sidecar")?.values;
        assert.equal(values?.["pods behind the Service that were not looked into"], "196");
    });

    it("asks no collector of 200 pods one by one, and says so", async () => {
        const { asked, diagnosis } = await examine({ bystanders: 0, backends: 1, answering: 0, collectors: 200 });
        assert.deepEqual(
            asked.filter((path) => path.includes(":8888")),
            [],
        );
        assert.deepEqual(diagnosis.skipped, [
            { what: "the collector's own metrics", reason: "it has 200 pods, too many to be asked one by one" },
        ]);
        assert.deepEqual(diagnosis.findings, []);
    });
});
