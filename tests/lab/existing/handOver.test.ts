import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Cluster } from "../../../lab/cluster";
import { assertHealthy, shell } from "../doctor/examine";
import { FULL } from "../support/fullRun";
import { RealPulumi, type Ended } from "../support/realPulumi";
import { kubectl, labWithProgram } from "../support/sharedLab";
import { existing, labWithoutIstio, removeIstio } from "./mesh";

// Needs Istio installed anew, and `pulumi stack import`, which the lab's engine does not have.
if (FULL) {
    describe("an Istio that a stack has installed and hands over", function () {
        this.timeout(600_000);
        let lab: Cluster;
        let cli: RealPulumi;
        let file: string;
        const istiods = (): string =>
            kubectl(
                lab,
                "get",
                "pods",
                "-n",
                "istio-system",
                "-l",
                "app=istiod",
                "-o",
                "jsonpath={.items[*].metadata.uid}",
            );
        const releases = (): unknown => {
            const listed = JSON.parse(shell(lab, "helm list -n istio-system -o json")) as { name: string }[];
            return listed.map(({ name }) => name).sort();
        };
        const adopt = (...args: string[]): Promise<Ended> =>
            cli.command("adopt", "--stack", "ci", "--config-file", file, "--yes", ...args);
        const succeeds = async (operation: string, ...args: string[]): Promise<string> => {
            const { code, output } = await cli.withFile(operation, file, ...args);
            assert.equal(code, 0, output);
            return output;
        };
        before(async () => {
            lab = await labWithoutIstio();
            cli = await RealPulumi.of(lab);
            await cli.createStack();
            await cli.succeeds("up");
            file = join(lab.identity.stateDir, "Pulumi.handed.yaml");
            const jaeger = { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "2", memory: "512Mi" } };
            const config = {
                "kubernetes:context": lab.identity.name,
                "istio-tracing:samplingPercent": "100",
                "istio-tracing:demo": { traceContext: "mesh", intervalSeconds: 1 },
                "istio-tracing:imagePullPolicy": "Never",
                "istio-tracing:readyTimeoutSeconds": "300",
                "istio-tracing:resources": { jaeger },
                "istio-tracing:istio": { chartSource: lab.artifacts.chartsDir },
            };
            writeFileSync(file, stringify({ config }));
        });
        after(async () => {
            await cli.withFile("destroy", file);
            removeIstio(lab);
            await labWithProgram();
        });

        it("is not removed by settings that no longer ask for it, and nothing is written", async () => {
            const before = istiods();
            for (const operation of ["preview", "up"]) {
                const { code, output } = await cli.program(operation, existing({ provider: "tracing" }));
                assert.notEqual(code, 0, output);
                assert.match(
                    output,
                    /istio-base, istio-istiod, which the update would remove.*\(istio-of-this-stack\)/,
                );
                assert.doesNotMatch(output, /unhandled exception/);
            }
            assert.equal(istiods(), before);
            assert.deepEqual(releases(), ["istio-base", "istiod"]);
        });

        it("is taken over by adopt without a change of istiod, and traced as before", async () => {
            const before = istiods();
            const { code, output } = await adopt();
            assert.equal(code, 0, output);
            assert.match(output, /a preview shows no change of the adopted releases/);
            await succeeds("up");
            assert.equal(istiods(), before);
            await assertHealthy(lab);
            await succeeds("preview", "--expect-no-changes");
        });

        it("stays where it is after undo and destroy", async () => {
            const { code, output } = await adopt("--undo");
            assert.equal(code, 0, output);
            await succeeds("up");
            await succeeds("destroy");
            assert.deepEqual(releases(), ["istio-base", "istiod"]);
            kubectl(lab, "rollout", "status", "deployment", "istiod", "-n", "istio-system", "--timeout=60s");
            const left = kubectl(lab, "get", "telemetries,deployments", "-A", "-o", "name");
            assert.doesNotMatch(left, /mesh-default|jaeger/);
        });
    });
}
