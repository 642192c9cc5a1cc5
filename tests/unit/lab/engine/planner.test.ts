import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deployment } from "../../../../lab/engine/deployment";
import { Planner } from "../../../../lab/engine/planner";
import { Providers } from "../../../../lab/engine/providers";
import { StateFile } from "../../../../lab/engine/stateFile";
import type { EngineOptions, Resource } from "../../../../lab/engine/types";

describe("a preview that must replace a resource which the state protects", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "planner-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    async function preview(protect: boolean | undefined): Promise<Deployment> {
        const options: EngineOptions = {
            ...{ operation: "preview", projectDir: folder, stack: "dev", config: {}, helm: "helm" },
            stateFile: join(folder, "dev.json"),
            report: () => undefined,
        };
        const resource: Resource = {
            ...{ urn: "urn:pulumi:dev::p::a:b:Box::box", type: "a:b:Box", name: "box", custom: false },
            ...{ dependencies: [], inputs: {}, outputs: {} },
        };
        const file = new StateFile(options.stateFile, "p", "dev");
        file.state.resources.push({ ...resource, protect: true, replacementTrigger: "1" });
        const deployment = new Deployment(file, new Providers(options), options);
        await new Planner(deployment).register({
            resource: { ...resource, protect, replacementTrigger: "2" },
            aliases: [],
        });
        return deployment;
    }

    it("refuses while the program protects it too", async () => {
        assert.equal((await preview(true)).failed, "cannot replace box: it is protected");
    });

    for (const protect of [undefined, false])
        it(`replaces it where the program says ${protect === undefined ? "nothing of" : "no to"} protection`, async () => {
            const { failed, steps } = await preview(protect);
            assert.equal(failed, undefined);
            assert.deepEqual(
                steps.map(({ op }) => op),
                ["replace"],
            );
        });
});
