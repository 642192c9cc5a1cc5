import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { openTarget } from "../../../shared/cluster/target";
import { becomesHealthy } from "./faults";
import { command } from "../support/command";
import { kubectl, labWithProgram } from "../support/sharedLab";

describe("npm run doctor -- --bundle, --github and several --context", () => {
    let lab: Cluster;
    let folder: string;
    before(async () => {
        lab = await labWithProgram();
        await becomesHealthy(lab);
        folder = mkdtempSync(join(tmpdir(), "doctor-bundle-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("packs what the doctor read of a real mesh, without any Secret of the cluster and any key of its user", async () => {
        const file = join(folder, "tracing.tar.gz");
        const { code, output } = await command("doctor", "--requests", "20", "--bundle", file);
        assert.equal(code, 0, output);
        assert.match(output, /wrote .*tracing\.tar\.gz, with secrets removed:\n {2}report\.txt: the report/);
        assert.equal(spawnSync("tar", ["-xzf", file, "-C", folder]).status, 0);
        for (const name of ["README.txt", "report.json", "objects/telemetries.json", "envoy", "metrics"])
            assert.ok(existsSync(join(folder, name)), name);
        const { stdout: all } = spawnSync("grep", ["-rh", "", "--include=*", folder], {
            maxBuffer: 2 ** 28,
            encoding: "utf8",
        });
        for (const secret of secretsOf(lab))
            assert.ok(!all.includes(secret), `a secret of ${String(secret.length)} characters`);
        assert.match(all, /randomSamplingPercentage/);

        const again = await command("doctor", "--bundle", file);
        assert.equal(again.code, 2);
        assert.match(again.output, /--bundle to name a new file/);
    });

    it("annotates a job after the report, and examines every context for one report", async () => {
        const html = join(folder, "all.html");
        const contexts = ["--context", openTarget({ kubeconfig: lab.kubeconfig }).context, "--context", "nowhere"];
        const calls = [
            ...contexts,
            "--kubeconfig",
            lab.kubeconfig,
            "--requests",
            "20",
            "--yes",
            "--github",
            "--html",
            html,
        ];
        const { code, output } = await command("doctor", ...calls);
        assert.equal(code, 2, output);
        assert.match(output, /^::stop-commands::/m);
        assert.match(output, /All clusters\n.*: Healthy.*\n {2}nowhere: not examined: .*a context named nowhere/);
        assert.match(output, /^::error title=nowhere%3A the doctor could not run::.*context named nowhere/m);
        assert.match(readFileSync(html, "utf8"), /Tracing in 2 clusters/);
    });
});

/** Data of every Secret, decoded and not, and the keys of the kubeconfig; short ones are words. */
function secretsOf(lab: Cluster): string[] {
    const { items } = JSON.parse(kubectl(lab, "get", "secrets", "-A", "-o", "json")) as {
        items: { data?: Record<string, string> }[];
    };
    const { config } = openTarget({ kubeconfig: lab.kubeconfig });
    const encoded = [
        ...items.flatMap(({ data }) =>
            Object.entries(data ?? {}).flatMap(([key, value]) => (/cert/.test(key) ? [] : value)),
        ),
        ...config.users.flatMap(({ keyData, token }) => [keyData, token]),
    ].filter((value) => value !== undefined);
    const all = encoded.flatMap((value) => [value, Buffer.from(value, "base64").toString("utf8").trim()]);
    return all.filter((value) => value.length >= 24);
}
