import assert from "node:assert/strict";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { ensureIstioctl } from "../../../lab/images/istioctl";
import { runPreflight } from "../../../cli/preflight";
import { assertHealthy, shell } from "../doctor/examine";
import { FULL } from "../support/fullRun";
import { labWithProgram, program } from "../support/sharedLab";
import { existing, LAB_VALUES, labWithoutIstio, ownersObjects, PROVIDER, removeIstio, run, written } from "./mesh";

// Needs Istio installed anew, twice.
if (FULL) {
    describe("a mesh that istioctl installed", () => {
        let lab: Cluster;
        let istioctl: string;
        let owned: Record<string, unknown>;
        const install = (meshConfig: object): void => {
            const { env, resources, autoscaleEnabled, ...values } = LAB_VALUES;
            const file = {
                apiVersion: "install.istio.io/v1alpha1",
                kind: "IstioOperator",
                spec: {
                    profile: "minimal",
                    ...{ hub: values.global.hub, tag: values.global.tag },
                    meshConfig,
                    values: { ...values, pilot: { env, resources, autoscaleEnabled } },
                },
            };
            shell(lab, `${istioctl} install -y -f -`, JSON.stringify(file));
        };
        before(async () => {
            lab = await labWithoutIstio();
            istioctl = join(await ensureIstioctl(() => undefined), "istioctl");
            install({ accessLogFile: "/dev/stdout" });
        });
        after(async () => {
            await program(lab, "destroy", existing());
            removeIstio(lab);
            await labWithProgram();
        });

        it("is refused at the preview and by preflight without the provider, with the text for its file", async () => {
            const result = await program(lab, "preview", existing());
            assert.match(result.failed ?? "", /got no extensionProviders at all/);
            assert.match(
                result.failed ?? "",
                /in the file of the IstioOperator, spec: \{meshConfig: .*istioctl install -f FILE/,
            );
            const { findings, exitCode } = await runPreflight({ raw: existing(), kubeconfig: lab.kubeconfig });
            assert.equal(exitCode, 1);
            assert.deepEqual(
                findings.filter(({ severity }) => severity === "error").map(({ id }) => id),
                ["mesh-provider-exists"],
            );
        });

        it("is traced by an update once its file has the provider, and passes preflight", async () => {
            install({ accessLogFile: "/dev/stdout", extensionProviders: [PROVIDER] });
            owned = ownersObjects(lab);
            const { exitCode, findings } = await runPreflight({ raw: existing(), kubeconfig: lab.kubeconfig });
            assert.equal(exitCode, 0, JSON.stringify(findings));
            await run(lab, "up", existing());
            const { mesh } = await assertHealthy(lab);
            assert.match(mesh.installer, /istioctl/);
        });

        it("sees no change at a second update, and keeps all that is its owner's through a destroy", async () => {
            assert.deepEqual(written(await run(lab, "up", existing())), []);
            await run(lab, "destroy", existing());
            assert.deepEqual(ownersObjects(lab), owned);
            shell(lab, "kubectl rollout status deployment istiod -n istio-system --timeout=60s");
        });
    });
}
