import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfiguration } from "../../../../cli/preflight/configuration";
import { CannotLook, openTarget } from "../../../../shared/cluster/target";
import { lendKubeconfig, requireSameCluster } from "../../../../cli/repair/kubeconfig";
import { PulumiCli } from "../../../../cli/repair/pulumiCli";
import { kubeconfigFor } from "../../fakeCluster";

describe("the Pulumi CLI of a repair", () => {
    let folder: string;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "repair-cli-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("works on the cluster that was looked at, in a file that only the user can read", async () => {
        const pulumi = join(folder, "pulumi");
        writeFileSync(pulumi, '#!/bin/sh\nprintf \'[{"kind":"%s"}]\' "$KUBECONFIG"\n', { mode: 0o755 });
        const target = openTarget({ kubeconfig: kubeconfigFor("https://one.example:6443"), context: "test" });
        const lent = lendKubeconfig(target);
        try {
            const cli = new PulumiCli({
                pulumi,
                projectDir: folder,
                stack: "dev",
                name: { stack: "dev" },
                kubeconfig: lent.file,
            });
            assert.equal((await cli.history())[0]?.kind, lent.file);
            const { context, server } = openTarget({ kubeconfig: lent.file });
            assert.deepEqual([context, server], ["test", "https://one.example:6443"]);
            assert.equal(statSync(lent.file).mode & 0o777, 0o600);
        } finally {
            lent.remove();
        }
        assert.equal(existsSync(lent.file), false);
    });

    it("is not called when the stack's own kubeconfig names another cluster, or cannot be read", () => {
        const target = openTarget({ kubeconfig: kubeconfigFor("https://one.example:6443") });
        const own = (kubeconfig: string) => () => {
            requireSameCluster(target, { kubeconfig }, "dev");
        };
        assert.throws(own(kubeconfigFor("https://two.example:6443")), CannotLook);
        assert.throws(own('{"secure":"v1:abc"}'), CannotLook);
        assert.doesNotThrow(own(kubeconfigFor("https://one.example:6443")));
    });

    it("has the settings of --config-file in common with the repair", () => {
        const configFile = join(folder, "other.yaml");
        writeFileSync(configFile, "config:\n  kubernetes:context: other\n  istio-tracing:istio: { namespace: mesh }\n");
        const { raw, kubernetes } = readConfiguration({ stack: "dev", configFile });
        assert.deepEqual([kubernetes.context, raw["istio"]], ["other", '{"namespace":"mesh"}']);
    });

    it("is previewed first, and a preview that comes to no resource of the program is told from others", async () => {
        const pulumi = join(folder, "pulumi");
        const says = async (said: string) => {
            writeFileSync(pulumi, `#!/bin/sh\ncat > /dev/null\necho '${said}'\nexit 255\n`, { mode: 0o755 });
            const cli = new PulumiCli({
                pulumi,
                projectDir: folder,
                stack: "dev",
                name: { stack: "dev" },
                kubeconfig: "none",
            });
            return (await cli.creations()).began;
        };
        const step = (type: string, custom: boolean) => ({ op: "create", newState: { urn: type, type, custom } });
        assert.equal(await says("error: no passphrase"), false);
        const steps = [step("pulumi:pulumi:Stack", false), step("pulumi:providers:kubernetes", true)];
        assert.equal(await says(JSON.stringify({ steps })), false);
        assert.equal(
            await says(JSON.stringify({ steps: [...steps, step("kubernetes:core/v1:Namespace", true)] })),
            true,
        );
    });
});
