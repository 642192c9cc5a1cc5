import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { assertHealthy, shell } from "../doctor/examine";
import { FULL } from "../support/fullRun";
import { RealPulumi } from "../support/realPulumi";
import { kubectl, labWithProgram } from "../support/sharedLab";
import { existing, helmInstall, LAB_VALUES, labWithoutIstio, ownersObjects, PROVIDER, removeIstio } from "./mesh";

const TELEMETRY = {
    apiVersion: "telemetry.istio.io/v1",
    kind: "Telemetry",
    metadata: { name: "of-the-owner", namespace: "istio-system" },
    spec: { tracing: [{ randomSamplingPercentage: 1 }] },
};

// Needs Istio installed anew, and the real CLI and provider.
if (FULL) {
    describe("a mesh that is there already, with the real Pulumi", function () {
        this.timeout(600_000);
        let lab: Cluster;
        let cli: RealPulumi;
        let owned: Record<string, unknown>;
        const isRefused = async (settings: Record<string, string>, said: RegExp): Promise<void> => {
            for (const operation of ["preview", "up"]) {
                const { code, output } = await cli.program(operation, settings);
                assert.notEqual(code, 0, output);
                assert.match(output, said);
                assert.doesNotMatch(output, /unhandled exception/);
            }
            // Beside the owner's objects, the stack may have its Jaeger there already.
            const now = ownersObjects(lab);
            assert.deepEqual(Object.fromEntries(Object.keys(owned).map((name) => [name, now[name]])), owned);
        };
        before(async () => {
            lab = await labWithoutIstio();
            cli = await RealPulumi.of(lab);
            await cli.createStack();
            helmInstall(lab, "istio-base", "base", {});
            const meshConfig = { extensionProviders: [PROVIDER] };
            helmInstall(lab, "istiod", "istiod", { ...LAB_VALUES, meshConfig });
            owned = ownersObjects(lab);
        });
        after(async () => {
            await cli.program("destroy", existing());
            removeIstio(lab);
            await labWithProgram();
        });

        it("is refused while somebody else's Telemetry applies to all of it, and nothing is written", async () => {
            shell(lab, "kubectl apply -f -", JSON.stringify(TELEMETRY));
            await isRefused(existing(), /Telemetry istio-system\/of-the-owner: .*\(mesh-telemetry-other\)/);
            assert.equal(kubectl(lab, "get", "namespaces", "demo", "--ignore-not-found", "-o", "name"), "");
            kubectl(lab, "delete", "telemetry", "of-the-owner", "-n", "istio-system");
        });

        it("is refused while a namespace to trace is ambient", async () => {
            kubectl(lab, "create", "namespace", "shop");
            kubectl(lab, "label", "namespace", "shop", "istio.io/dataplane-mode=ambient");
            await isRefused(existing({}, { namespaces: '{"shop":{}}' }), /Namespace shop: .*\(namespace-ambient\)/);
            kubectl(lab, "delete", "namespace", "shop");
        });

        it("is not replaced by an Istio of the stack's own, before or after the stack traces it", async () => {
            await isRefused({}, /npm run adopt -- --stack ci.*istio\.install false.*\(istio-release-taken\)/);
        });

        it("is traced by an update, which the doctor proves", async () => {
            await cli.succeeds("up", existing());
            const { mesh } = await assertHealthy(lab);
            assert.match(mesh.installer, /Helm release istiod/);
        });

        it("sees no change in a second update, and none in a preview", async () => {
            await cli.succeeds("preview", existing(), "--expect-no-changes");
            await cli.succeeds("up", existing(), "--expect-no-changes");
        });

        it("is still not replaced by an Istio of the stack's own", async () => {
            await isRefused({}, /npm run adopt -- --stack ci.*istio\.install false.*\(istio-release-taken\)/);
        });

        it("keeps all that is its owner's through a destroy", async () => {
            await cli.succeeds("destroy", existing());
            assert.deepEqual(ownersObjects(lab), owned);
            kubectl(lab, "rollout", "status", "deployment", "istiod", "-n", "istio-system", "--timeout=60s");
            assert.equal(kubectl(lab, "get", "telemetries", "-A", "-o", "name"), "");
        });
    });
}
