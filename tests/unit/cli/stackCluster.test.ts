import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCleanup } from "../../../cli/cleanup/index";
import { findDrift } from "../../../cli/drift/index";
import { runPreflight } from "../../../cli/preflight/index";
import { readConfiguration } from "../../../cli/preflight/configuration";
import { runRepair } from "../../../cli/repair/index";
import { CannotLook } from "../../../shared/cluster/target";
import { kubeconfigFor } from "../fakeCluster";

describe("a stack whose kubernetes:kubeconfig is encrypted", () => {
    let folder = "";
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "sealed-kubeconfig-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });
    const overlayWith = (value: string): string => {
        const overlay = join(folder, "overlay.yaml");
        writeFileSync(overlay, `config:\n  kubernetes:kubeconfig: ${value}\n  kubernetes:context: test\n`);
        return overlay;
    };
    const sealed = (): { stack: string; overlay: string } => ({
        stack: "dev",
        overlay: overlayWith("{ secure: v1:abc:def }"),
    });
    const NEXT = /pulumi config get kubernetes:kubeconfig -s dev > kubeconfig\.yaml/;

    it("is told to preflight with the command that opens it", async () => {
        const { findings, exitCode } = await runPreflight(sealed());
        assert.deepEqual([exitCode, findings[0]?.id], [2, "kubeconfig-encrypted"]);
        assert.match(findings[0]?.cure ?? "", NEXT);
        assert.doesNotMatch(JSON.stringify(findings), /v1:abc/);
    });

    it("is told to drift and cleanup with the same command", async () => {
        await assert.rejects(findDrift(sealed()), { name: "UserError", exitCode: 2, message: NEXT });
        await assert.rejects(runCleanup({ ...sealed(), dryRun: true }), { name: "UserError", message: NEXT });
    });

    it("is told to repair as well", async () => {
        await assert.rejects(
            runRepair({ ...sealed(), yes: false, abandoned: false, forget: [] }),
            (error) => error instanceof CannotLook && NEXT.test(error.finding.cure),
        );
    });

    it("does not matter where another kubeconfig is named", async () => {
        const { findings } = await runPreflight({ ...sealed(), kubeconfig: kubeconfigFor("https://127.0.0.1:1") });
        assert.equal(findings[0]?.id, "cluster-reachable");
    });

    it("is used where it stands there in plain text, also as JSON in one line", () => {
        const config = '{"apiVersion":"v1","kind":"Config","clusters":[],"users":[],"contexts":[]}';
        const { kubernetes } = readConfiguration({ stack: "dev", overlay: overlayWith(`'${config}'`) });
        assert.equal(kubernetes.kubeconfig, config);
        assert.equal(kubernetes.kubeconfigIsEncrypted, undefined);
    });
});
