import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Cluster } from "../../../lab/cluster";
import { at, mapAt } from "../../../shared/values/plainObjects";
import { examine, shell } from "../doctor/examine";
import { command } from "../support/command";
import { FULL } from "../support/fullRun";
import { RealPulumi, type Ended } from "../support/realPulumi";
import { eventually, forgetProgram, kubectl, program, sharedLab } from "../support/sharedLab";
import {
    installHelmMesh,
    OWN_VALUES,
    ownersObjects,
    RELEASES,
    REVISION,
    SHOP,
    uninstallHelmMesh,
    valuesOf,
} from "./helmMesh";

const PROVIDER = {
    name: "tracing",
    opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
};
const TRACED = {
    ...OWN_VALUES,
    meshConfig: {
        ...OWN_VALUES.meshConfig,
        extensionProviders: [...OWN_VALUES.meshConfig.extensionProviders, PROVIDER],
    },
};
/** Requests of one load at most, so that it ends even if the test does not. */
const MOST = 20_000;

/** Requests from one workload of the owner's to another, one after the other, until `stop`. */
class Load {
    private readonly lab: Cluster;
    private readonly child: ChildProcess;
    private output = "";

    constructor(lab: Cluster) {
        this.lab = lab;
        const script =
            `rm -f /tmp/stop; n=0; while [ ! -e /tmp/stop ] && [ $n -lt ${String(MOST)} ]; do n=$((n+1)); ` +
            `curl -s -o /dev/null -w '%{http_code}\\n' --max-time 10 http://httpbin:8000/; done`;
        const args = ["exec", "-n", SHOP, "deploy/sleep", "-c", "sleep", "--", "sh", "-c", script];
        this.child = spawn(join(lab.artifacts.binDir, "kubectl"), args, {
            env: { ...process.env, KUBECONFIG: lab.kubeconfig },
            stdio: ["ignore", "pipe", "inherit"],
        });
        this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    }

    /** Ends the load, and returns how many requests there were and how many failed. */
    async stop(): Promise<{ sent: number; failed: number }> {
        const ended = once(this.child, "close");
        kubectl(this.lab, "exec", "-n", SHOP, "deploy/sleep", "-c", "sleep", "--", "touch", "/tmp/stop");
        await ended;
        const codes = this.output.trim().split("\n");
        return { sent: codes.length, failed: codes.filter((code) => code !== "200").length };
    }
}

// Needs Istio installed anew, and `pulumi stack import`, which the lab's engine does not have.
if (FULL) {
    describe("an Istio of Helm that a stack adopts", function () {
        this.timeout(600_000);
        let lab: Cluster;
        let cli: RealPulumi;
        let file: string;
        let owned: Record<string, unknown>;
        const adopt = (...args: string[]): Promise<Ended> =>
            cli.command("adopt", "--stack", "ci", "--config-file", file, ...args);
        const succeeds = async (operation: string, ...args: string[]): Promise<string> => {
            const { code, output } = await cli.withFile(operation, file, ...args);
            assert.equal(code, 0, output);
            return output;
        };
        const uids = (): string => kubectl(lab, "get", "pods", "-n", SHOP, "-o", "jsonpath={.items[*].metadata.uid}");
        const istiods = (): string => {
            const path = "jsonpath={range .items[*]}{.metadata.uid} {.status.containerStatuses[*].restartCount}{end}";
            return kubectl(lab, "get", "pods", "-n", "istio-system", "-l", "app=istiod", "-o", path);
        };

        before(async () => {
            lab = await sharedLab();
            cli = await RealPulumi.of(lab);
            await cli.createStack();
            assert.equal((await program(lab, "destroy")).failed, undefined);
            forgetProgram();
            const cleaned = await command("lab", "cleanup", "--stack", "ci");
            assert.equal(cleaned.code, 0, cleaned.output);
            installHelmMesh(lab);
            file = join(lab.identity.stateDir, "Pulumi.adopted.yaml");
            const config = {
                "kubernetes:context": lab.identity.name,
                "istio-tracing:samplingPercent": "100",
                "istio-tracing:imagePullPolicy": "Never",
                "istio-tracing:readyTimeoutSeconds": "300",
                "istio-tracing:demo": { deploy: false },
                "istio-tracing:istio": { chartSource: lab.artifacts.chartsDir },
            };
            writeFileSync(file, `# the owner's notes\n${stringify({ config })}`);
            owned = ownersObjects(lab);
        });
        after(() => {
            uninstallHelmMesh(lab);
        });

        it("is shown first, and nothing is written", async () => {
            const text = readFileSync(file, "utf8");
            const { code, output } = await adopt();
            assert.equal(code, 1, output);
            assert.match(
                output,
                new RegExp(`Istio 1\\.31\\.\\d of revision ${REVISION}, installed by Helm release ${RELEASES.istiod}`),
            );
            assert.match(
                output,
                /extensionProviders: tracing \(opentelemetry, jaeger-collector\..*:4317\)\n {2}would write/,
            );
            assert.equal(readFileSync(file, "utf8"), text);
            assert.deepEqual(ownersObjects(lab), owned);
        });

        it("is adopted and traced under load without a failed request or a restarted pod", async () => {
            const [pods, control] = [uids(), istiods()];
            const load = new Load(lab);
            const { code, output } = await adopt("--yes");
            assert.equal(code, 0, output);
            assert.match(output, /a preview shows no change of the adopted releases but tracing/);
            assert.match(readFileSync(file, "utf8"), /^# the owner's notes\n/);
            assert.deepEqual(
                mapAt(
                    parse(readFileSync(file, "utf8")),
                    "config",
                    "istio-tracing:istio",
                    "adopted",
                    "istiod",
                    "values",
                ),
                OWN_VALUES,
            );
            await succeeds("up");
            const { sent, failed } = await load.stop();
            assert.equal(failed, 0, `${String(failed)} of ${String(sent)} requests failed`);
            assert.ok(sent > 100 && sent < MOST, `${String(sent)} requests`);
            assert.deepEqual([uids(), istiods()], [pods, control]);
            assert.deepEqual(valuesOf(lab, RELEASES.istiod), TRACED);
            assert.equal(at(valuesOf(lab, RELEASES.base), "defaultRevision"), REVISION);
        });

        it("is found healthy by the doctor", async () => {
            await eventually(60, async () => {
                const { findings } = await examine(lab, { requests: 50 });
                return findings.length === 0 || findings.map(({ id }) => id).join(", ");
            });
        });

        it("has nothing more to change in a second run of either command", async () => {
            const { code, output } = await adopt("--yes");
            assert.equal(code, 0, output);
            await succeeds("preview", "--expect-no-changes");
        });

        it("is protected from a destroy", async () => {
            const { code, output } = await cli.withFile("destroy", file);
            assert.notEqual(code, 0);
            assert.match(output, /protect/);
            assert.deepEqual(valuesOf(lab, RELEASES.istiod), TRACED);
            // The CLI has removed everything else.
            await succeeds("up");
        });

        it("is not given back over somebody's upgrade, which the next adoption takes over", async () => {
            const { chartsDir } = lab.artifacts;
            const upgrade = (value: string): string =>
                shell(
                    lab,
                    `helm upgrade ${RELEASES.istiod} ${chartsDir}/istiod -n istio-system --reuse-values --set podAnnotations.example=${value} --wait`,
                );
            upgrade("one");
            const refused = await adopt("--undo", "--yes");
            assert.equal(refused.code, 1, refused.output);
            assert.match(
                refused.output,
                /other values: somebody has upgraded it since then.*npm run adopt -- --stack ci --yes/,
            );
            shell(lab, `helm rollback ${RELEASES.istiod} -n istio-system --wait`);
        });

        it("is as its owner had it after undo and destroy, and still there", async () => {
            const undone = await adopt("--undo", "--yes");
            assert.equal(undone.code, 0, undone.output);
            await succeeds("up");
            assert.deepEqual(valuesOf(lab, RELEASES.istiod), OWN_VALUES);
            await succeeds("destroy");
            const now = await eventually(60, () => {
                const found = ownersObjects(lab);
                const changed = Object.keys(owned).filter(
                    (name) => JSON.stringify(found[name]) !== JSON.stringify(owned[name]),
                );
                return Promise.resolve(
                    changed.length === 0 ? found : changed.map((name) => JSON.stringify(found[name])).join("\n"),
                );
            });
            assert.deepEqual(now, owned);
            assert.deepEqual(valuesOf(lab, RELEASES.istiod), OWN_VALUES);
            const left = kubectl(lab, "get", "telemetries,deployments", "-A", "-o", "name");
            assert.doesNotMatch(left, /mesh-default|jaeger/);
        });
    });
}
