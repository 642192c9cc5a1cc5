import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { runPreflight } from "../../../cli/preflight";
import { assertHealthy, shell } from "../doctor/examine";
import { FULL } from "../support/fullRun";
import { kubectl, labWithProgram, program } from "../support/sharedLab";
import {
    existing,
    helmInstall,
    LAB_VALUES,
    labWithoutIstio,
    ownersObjects,
    PROVIDER,
    removeIstio,
    run,
    written,
} from "./mesh";

const TELEMETRY = {
    apiVersion: "telemetry.istio.io/v1",
    kind: "Telemetry",
    metadata: { name: "of-the-owner", namespace: "istio-system", labels: { "istio.io/rev": "default" } },
    spec: { tracing: [{ providers: [{ name: "zipkin" }] }] },
};

// Needs Istio installed anew, in two revisions.
if (FULL) {
    describe("a mesh of two revisions, of which one is traced by its owner", () => {
        let lab: Cluster;
        let owned: Record<string, unknown>;
        before(async () => {
            lab = await labWithoutIstio();
            helmInstall(lab, "istio-base", "base", {});
            const zipkin = { name: "zipkin", zipkin: { service: "zipkin.istio-system.svc.cluster.local", port: 9411 } };
            helmInstall(lab, "istiod", "istiod", { ...LAB_VALUES, meshConfig: { extensionProviders: [zipkin] } });
            const canary = { ...LAB_VALUES, revision: "canary", meshConfig: { extensionProviders: [PROVIDER] } };
            helmInstall(lab, "istiod-canary", "istiod", canary);
            shell(lab, "kubectl apply -f -", JSON.stringify(TELEMETRY));
            owned = ownersObjects(lab);
        });
        after(async () => {
            await program(lab, "destroy", existing({ revision: "canary" }));
            removeIstio(lab);
            await labWithProgram();
        });

        it("is refused by preflight while no revision is named, with all of them and the command that names one", async () => {
            const { findings, exitCode } = await runPreflight({ raw: existing(), kubeconfig: lab.kubeconfig });
            assert.equal(exitCode, 1);
            const found = findings.find(({ id }) => id === "mesh-revisions");
            assert.match(found?.got ?? "", /default \(istio-system\/istiod,.*canary \(istio-system\/istiod-canary,/);
            assert.match(found?.cure ?? "", /pulumi config set --path istio\.revision canary/);
        });

        it("is refused by the program itself too, at the preview and at the update, and nothing is written", async () => {
            for (const operation of ["preview", "up"] as const) {
                const result = await program(lab, operation, existing());
                assert.match(result.failed ?? "", /no revision is set; the cluster has default .*\(mesh-revisions\)/);
                assert.deepEqual(written(result), []);
            }
            assert.deepEqual(ownersObjects(lab), owned);
        });

        it("is traced in the revision that is named, and the other keeps its own Telemetry and provider", async () => {
            const raw = existing({ revision: "canary" });
            const { findings } = await runPreflight({ raw, kubeconfig: lab.kubeconfig });
            assert.deepEqual(
                findings.filter(({ severity }) => severity === "error"),
                [],
            );
            await run(lab, "up", raw);
            const { mesh } = await assertHealthy(lab);
            assert.equal(mesh.revision, "canary");
            const labels = "jsonpath={.metadata.labels}";
            const ours = kubectl(lab, "get", "telemetry", "mesh-default", "-n", "istio-system", "-o", labels);
            assert.match(ours, /"istio\.io\/rev":"canary"/);
        });

        it("keeps all that is its owner's through a destroy", async () => {
            await run(lab, "destroy", existing({ revision: "canary" }));
            assert.deepEqual(ownersObjects(lab), owned);
            assert.match(
                kubectl(lab, "get", "telemetries", "-n", "istio-system", "-o", "name"),
                /^\S+\/of-the-owner\n$/,
            );
        });
    });
}
