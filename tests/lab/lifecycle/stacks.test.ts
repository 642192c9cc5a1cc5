import assert from "node:assert/strict";
import { formatDrift } from "../../../checks/cluster/drift";
import { findDrift } from "../../../cli/drift/index";
import type { Cluster } from "../../../lab/cluster";
import type { EngineEvent, Operation } from "../../../lab/engine";
import { labSettings, runProgram } from "../../../lab/program";
import { type ProgramResult } from "../../../lab/programResult";
import { forgetProgram, kubectl, labWithProgram, program } from "../support/sharedLab";

describe("the stack prod in the lab", () => {
    let lab: Cluster;
    let events: EngineEvent[] = [];
    const prod = (operation: Operation, overrides: Record<string, string> = {}): Promise<ProgramResult> => {
        events = [];
        const report = (event: EngineEvent): void => void events.push(event);
        return runProgram({ operation, stack: "prod", cluster: lab, overrides, report });
    };
    before(async () => {
        lab = await labWithProgram();
        forgetProgram();
        assert.equal((await program(lab, "destroy")).failed, undefined);
    });
    after(async () => {
        assert.equal((await prod("destroy")).failed, undefined);
    });

    it("never touches a cluster under another name than its own", async () => {
        const { failed } = await prod("up", { "kubernetes:context": "istio-tracing-prod" });
        assert.match(failed ?? "", /context "istio-tracing-prod" does not exist/);
        assert.equal(kubectl(lab, "get", "namespace", "istio-system", "--ignore-not-found"), "");
    });

    it("is previewed, and what the lab changes in it is said", async () => {
        const { failed, summary } = await prod("preview");
        assert.equal(failed, undefined);
        assert.ok(summary.create > 10);
        const said = events.find((event) => event.kind === "program");
        assert.match(said?.line ?? "", /over the stack prod and changes context, .*istio\.replicas/);
    });

    it("comes up without the demo, as drift finds it, and a second time changes nothing", async () => {
        assert.equal((await prod("up")).failed, undefined);
        assert.equal(kubectl(lab, "get", "namespace", "demo", "--ignore-not-found"), "");
        const raw = labSettings("prod", lab);
        assert.deepEqual((await findDrift({ raw, kubeconfig: lab.kubeconfig })).drifts.map(formatDrift), []);
        const { summary } = await prod("up");
        assert.deepEqual({ ...summary, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    });
});
