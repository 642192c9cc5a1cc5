import assert from "node:assert/strict";
import { delimiter } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { startWith } from "../support/command";
import { kubectl, labWithProgram } from "../support/sharedLab";

interface Report {
    command: { exitCode: number };
    requests: { outcome: string; trace: string }[];
}

describe("npm run doctor -- --during", () => {
    let lab: Cluster;
    let env: Record<string, string>;
    before(async () => {
        lab = await labWithProgram();
        env = { KUBECONFIG: lab.kubeconfig, PATH: `${lab.artifacts.binDir}${delimiter}${process.env["PATH"] ?? ""}` };
    });

    /** Runs it with kubectl for the lab on the PATH; `json` is its report. */
    const during = async (command: string): Promise<{ code: number | null; output: string; json: Report }> => {
        const { code, output } = await startWith(env, "doctor", "--during", command, "--interval", "0.5", "--json")
            .ended;
        const json = /^\{$[\s\S]*^\}$/m.exec(output)?.[0];
        assert.ok(json !== undefined, output);
        return { code, output, json: JSON.parse(json) as Report };
    };

    it("finds that a rollout of the backend costs no request and no span", async () => {
        const rollout =
            "kubectl rollout restart deploy/backend -n demo && kubectl rollout status deploy/backend -n demo";
        const { code, output, json } = await during(rollout);
        assert.equal(code, 0, output);
        assert.ok(json.requests.length > 5);
        assert.deepEqual(
            [...new Set(json.requests.map(({ outcome, trace }) => `${outcome} ${trace}`))],
            ["answered complete"],
        );
    });

    it("counts the requests that an outage cost, keeps the command's exit code, and tells it", async () => {
        const outage =
            "kubectl scale deploy/backend -n demo --replicas=0 && sleep 6 && kubectl scale deploy/backend -n demo --replicas=1; " +
            "kubectl rollout status deploy/backend -n demo; exit 7";
        const { code, output, json } = await during(outage);
        kubectl(lab, "rollout", "status", "deploy/backend", "-n", "demo", "--timeout=60s");
        assert.equal(code, 7, output);
        assert.equal(json.command.exitCode, 7);
        assert.ok(json.requests.some(({ outcome }) => outcome === "failed"));
    });
});
