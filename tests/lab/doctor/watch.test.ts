import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { start, type Running } from "../support/command";
import { FULL } from "../support/fullRun";
import { eventually, kubectl, labWithProgram } from "../support/sharedLab";

const SCALE = (lab: Cluster, replicas: number): void => {
    kubectl(lab, "scale", "deployment/jaeger", "-n", "istio-system", `--replicas=${String(replicas)}`);
    if (replicas > 0) kubectl(lab, "rollout", "status", "deployment/jaeger", "-n", "istio-system", "--timeout=120s");
};

// Each round takes the time of an examination, and the changes need several.
if (FULL)
    describe("npm run doctor -- --watch", function () {
        this.timeout(300_000);
        let lab: Cluster;
        before(async () => {
            lab = await labWithProgram();
        });
        after(() => {
            SCALE(lab, 1);
        });

        /** Waits until the watch has printed something. */
        const prints = (watch: Running, what: RegExp, seconds = 120): Promise<true> =>
            eventually(seconds, () => Promise.resolve(what.test(watch.output()) || watch.output()));

        it("prints a line when a fault appears and when it is gone, and ends on Ctrl-C with the last state's code", async () => {
            const watch = start("doctor", "--watch", "--interval", "10");
            await prints(watch, /healthy: Healthy: every probe's trace is complete\./);
            SCALE(lab, 0);
            await prints(watch, /Z not healthy: \+ error collector-endpoints-ready/);
            SCALE(lab, 1);
            await prints(watch, /Z healthy: - error collector-endpoints-ready/);
            process.kill(-(watch.child.pid ?? 0), "SIGINT");
            const { code, output } = await watch.ended;
            assert.equal(code, 0, output);
            const lines = output.split("\n").filter((line) => /^\d{4}-/.test(line));
            assert.match(lines.at(-1) ?? "", /Z healthy: /);
            assert.doesNotMatch(output, /\x1b/);
        });

        it("ends with 1 where the last state has an error, as JSON one object a line", async () => {
            SCALE(lab, 0);
            const watch = start("doctor", "--watch", "--interval", "10", "--json");
            await prints(watch, /"state":"faulty"/);
            watch.child.kill("SIGTERM");
            const { code, output } = await watch.ended;
            assert.equal(code, 1, output);
            const [line = ""] = output.split("\n").filter((text) => text.startsWith("{"));
            const { appeared } = JSON.parse(line) as { appeared: { id: string }[] };
            assert.ok(appeared.some(({ id }) => id === "collector-endpoints-ready"));
        });
    });
