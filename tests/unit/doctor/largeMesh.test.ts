import assert from "node:assert/strict";
import { diagnose, type Diagnosis } from "../../../doctor/diagnose";
import { collectEvidence } from "../../../doctor/evidence/collect";
import { fakeMesh, type FakeMesh, type FakeMeshSpec } from "./fakeMesh";

async function examine(spec: FakeMeshSpec): Promise<FakeMesh & { diagnosis: Diagnosis }> {
    const mesh = fakeMesh(spec);
    const evidence = await collectEvidence(mesh.access, { requests: 100 }, () => undefined);
    return { ...mesh, diagnosis: diagnose(evidence) };
}

/** Questions without the further pages of long lists, and without those for traces, which are asked until they are there. */
function questions({ asked }: FakeMesh): string[] {
    return asked.filter((path) => !path.includes("continue=") && !path.includes("/proxy/api/traces"));
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
        assert.ok(questions(large).length < 75, questions(large).join("\n"));
        assert.deepEqual([...large.entered].sort(), ["demo/backend-0", "demo/backend-1", "demo/frontend-0"]);
    });

    it("reads no more of sidecars that know 3000 Services than of those that know 10", async () => {
        const path = { bystanders: 0, backends: 2, answering: 0 };
        const [few, many] = await Promise.all([
            examine({ ...path, services: 10 }),
            examine({ ...path, services: 3000 }),
        ]);
        assert.ok(many.diagnosis.healthy);
        assert.deepEqual(many.diagnosis.findings, []);
        assert.deepEqual([...many.dumped.keys()].sort(), ["demo/backend-0", "demo/backend-1", "demo/frontend-0"]);
        for (const [pod, bytes] of many.dumped) {
            assert.equal(bytes, few.dumped.get(pod), pod);
            assert.ok(bytes < 20_000, `${pod}: ${String(bytes)} bytes`);
        }
    });

    it("says of which sidecar it reads nothing, where an answer is larger than its bound", async () => {
        const { diagnosis } = await examine({ bystanders: 0, backends: 1, answering: 0, tooLarge: true });
        assert.deepEqual(
            diagnosis.skipped.map(({ what }) => what),
            ["sidecar of Pod demo/frontend-0", "sidecar of Pod demo/backend-0"],
        );
    });

    it("says of which access log it reads the newest part alone", async () => {
        const { diagnosis } = await examine({ bystanders: 0, backends: 1, answering: 0, logLines: 6000 });
        assert.deepEqual(
            diagnosis.skipped.map(({ what }) => what),
            ["access log of Pod demo/frontend-0", "access log of Pod demo/backend-0"],
        );
        assert.match(
            diagnosis.skipped[0]?.reason ?? "",
            /only the newest 5000 lines of the last 60 s, up to 4 MiB, were read$/,
        );
        assert.ok(diagnosis.healthy);
    });

    it("looks into few of 200 pods behind a Service, among them the one that answered, and says how many it left out", async () => {
        const { entered, diagnosis } = await examine({ bystanders: 0, backends: 200, answering: 150 });
        assert.ok(entered.has("demo/backend-150"));
        assert.equal(entered.size, 5);
        assert.deepEqual(diagnosis.findings, []);
        assert.ok(diagnosis.healthy);
        const values = diagnosis.segments.find(({ segment }) => segment === "sidecar")?.values;
        assert.equal(values?.["pods behind the Service that were not examined"], "196");
    });

    it("asks no collector of 200 pods one by one, and says so", async () => {
        const { asked, diagnosis } = await examine({ bystanders: 0, backends: 1, answering: 0, collectors: 200 });
        assert.deepEqual(
            asked.filter((path) => path.includes(":8888")),
            [],
        );
        assert.deepEqual(diagnosis.skipped, [
            { what: "the collector's own metrics", reason: "it has 200 pods, which is too many to query one by one" },
        ]);
        assert.deepEqual(diagnosis.findings, []);
    });
});
