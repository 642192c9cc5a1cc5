import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { FULL } from "../support/fullRun";
import { RealPulumi } from "../support/realPulumi";
import { eventually, kubectl, labWithProgram, podUids, useRealPulumi } from "../support/sharedLab";

if (FULL) {
    describe("the Pulumi CLI's own commands", function () {
        this.timeout(300_000);
        let lab: Cluster;
        let cli: RealPulumi;
        let giveBack: () => Promise<void>;
        before(async () => {
            lab = await labWithProgram();
            giveBack = await useRealPulumi(lab);
            cli = await RealPulumi.of(lab);
        });
        after(async () => {
            await cli.succeeds("up");
            await giveBack();
        });

        const urn = (types: string, name: string): string => `urn:pulumi:ci::istio-tracing::${types}::${name}`;
        const FRONTEND = urn("istio-tracing:components:Frontend$kubernetes:apps/v1:Deployment", "frontend");
        const TELEMETRY = urn(
            "istio-tracing:components:MeshTracing$kubernetes:telemetry.istio.io/v1:Telemetry",
            "mesh-default",
        );
        const rate = (): string =>
            kubectl(
                lab,
                ...["get", "telemetry", "-n", "istio-system", "mesh-default"],
                ...["-o", "jsonpath={.spec.tracing[0].randomSamplingPercentage}"],
            );

        it("changes nothing by a second up and by a refresh", async () => {
            await cli.succeeds("up", {}, "--expect-no-changes");
            await cli.succeeds("refresh", {}, "--expect-no-changes");
        });

        it("changes the target of an up alone", async () => {
            const settings = { samplingPercent: "42", "demo.intervalSeconds": "3" };
            const pods = podUids(lab);
            await cli.succeeds("up", settings, "--target", TELEMETRY);
            assert.equal(rate(), "42");
            assert.deepEqual(podUids(lab), pods);
            await cli.succeeds("up");
            assert.equal(rate(), "100");
        });

        it("takes an object that the state has lost over by import, and changes nothing after that", async () => {
            const deleted = await cli.run("state", "delete", FRONTEND, "--stack", "ci", "--yes");
            assert.equal(deleted.code, 0, deleted.output);
            const parent = `owner=${urn("istio-tracing:components:Frontend", "frontend")}`;
            const imported = await cli.program(
                "import",
                {},
                ...["kubernetes:apps/v1:Deployment", "frontend", "demo/frontend"],
                ...["--protect=false", "--generate-code=false", "--parent", parent],
            );
            assert.equal(imported.code, 0, imported.output);
            const pods = podUids(lab);
            await cli.succeeds("up");
            await cli.succeeds("up", {}, "--expect-no-changes");
            assert.deepEqual(podUids(lab).frontend, pods.frontend);
        });

        it("refuses to destroy what the user has protected", async () => {
            const protect = await cli.run("state", "protect", TELEMETRY, "--stack", "ci", "--yes");
            assert.equal(protect.code, 0, protect.output);
            const refused = await cli.program("destroy", {});
            assert.notEqual(refused.code, 0);
            assert.match(refused.output, /protected/);
            assert.equal(rate(), "100");
            const freed = await cli.run("state", "unprotect", TELEMETRY, "--stack", "ci", "--yes");
            assert.equal(freed.code, 0, freed.output);
            await cli.succeeds("up");
        });

        it("refuses a preview by a mandatory rule of the policy pack, and warns where the rule is advisory", async () => {
            const settings = { images: JSON.stringify({ backend: "docker.io/hashicorp/http-echo:latest" }) };
            const pack = ["--policy-pack", "policy"];
            const refused = await cli.program("preview", settings, ...pack);
            assert.notEqual(refused.code, 0);
            assert.match(refused.output, /\[mandatory\].* image-pinned /);
            // Judged as ci by the stack's name: rules for production alone say nothing.
            assert.doesNotMatch(refused.output, /jaeger-storage-durable|mtls-strict|sampling-cap/);
            const config = join(lab.identity.stateDir, "policy-config.json");
            writeFileSync(config, JSON.stringify({ "image-pinned": "advisory" }));
            const warned = await cli.program("preview", settings, ...pack, "--policy-pack-config", config);
            assert.equal(warned.code, 0, warned.output);
            assert.match(warned.output, /\[advisory\].* image-pinned /);
        });

        it("refuses a second up while one is under way, and the first one ends well", async () => {
            const first = cli.program("up", { "demo.intervalSeconds": "2" });
            const locks = join(lab.identity.stateDir, "pulumi", ".pulumi", "locks");
            await eventually(30, () => {
                const names = existsSync(locks) ? readdirSync(locks, { recursive: true }).map(String) : [];
                return Promise.resolve(names.some((name) => name.endsWith(".json")) || "no lock yet");
            });
            const second = await cli.program("up", { "demo.intervalSeconds": "4" });
            const ended = await first;
            assert.equal(ended.code, 0, ended.output);
            assert.notEqual(second.code, 0);
            assert.match(second.output, /currently locked by 1 lock/);
        });
    });
}
