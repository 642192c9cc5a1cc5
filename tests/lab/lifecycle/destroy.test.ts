import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { runCleanup, type CleanupResult } from "../../../cli/cleanup/index";
import type { Cluster } from "../../../lab/cluster";
import { labSettings } from "../../../lab/program";
import { everyObject } from "../support/allObjects";
import { eventually, forgetProgram, kubectl, labWithProgram, program } from "../support/sharedLab";
import { setPaths } from "../../../shared/stacks/settingPaths";

/** Of other people: in a namespace of their own, and in one of ours. */
const FOREIGN = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: theirs, namespace: shop }
spec: { egress: [{ hosts: ["./*"] }] }
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: guest, namespace: demo }
spec: { egress: [{ hosts: ["./*", "istio-system/*"] }] }
`;

describe("destroy", () => {
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
    });
    after(() => {
        forgetProgram();
    });

    const cleanup = (overrides: Record<string, string> = {}, dryRun = false): Promise<CleanupResult> =>
        runCleanup({ raw: setPaths(labSettings("ci", lab), overrides), kubeconfig: lab.kubeconfig, dryRun });
    const ids = ({ findings }: CleanupResult): string[] => findings.map(({ id }) => id);

    it("is told beforehand what of other people stands in its way, and what goes with its namespaces", async () => {
        apply(lab, FOREIGN);
        const result = await cleanup({}, true);
        assert.deepEqual(ids(result), ["destroy-first", "deleted-with-namespace", "crds-in-use"]);
        assert.equal(result.findings[1]?.resource, "Sidecar demo/guest");
        assert.equal(result.findings[2]?.resource, "Sidecar shop/theirs");
        assert.deepEqual(result.removed, []);
    });

    it("comes to its end with istiod dead and objects of other people left", async () => {
        kubectl(lab, "scale", "-n", "istio-system", "deployment/istiod", "--replicas=0");
        kubectl(lab, "delete", "pod", "-n", "istio-system", "-l", "app=istiod", "--force", "--grace-period=0");
        const { failed } = await program(lab, "destroy");
        assert.equal(failed, undefined);
        kubectl(lab, "get", "sidecars.networking.istio.io", "-n", "shop", "theirs");
    });

    it("keeps every CRD while anybody else has an object of Istio, and says whose", async () => {
        const before = crds(lab);
        const result = await cleanup();
        assert.equal(result.exitCode, 1);
        assert.deepEqual(ids(result), ["crds-in-use"]);
        assert.deepEqual(crds(lab), before);
        kubectl(lab, "get", "sidecars.networking.istio.io", "-n", "shop", "theirs");
    });

    it("keeps the CRDs for good when the stack says so", async () => {
        kubectl(lab, "delete", "namespace", "shop");
        const before = crds(lab);
        const result = await cleanup({ "istio.keepCrds": "true" });
        assert.equal(result.exitCode, 0);
        assert.deepEqual(ids(result), ["crds-kept"]);
        assert.deepEqual(crds(lab), before);
    });

    it("leaves nothing of ours and nothing of istiod's, of any kind in any namespace", async () => {
        assert.equal((await cleanup()).exitCode, 0);
        await eventually(30, async () => (await traces(lab)).join(", ") || true);
        const before = await everyObject(lab);
        assert.equal((await program(lab, "up")).failed, undefined);
        assert.ok((await traces(lab)).length > 50);
        assert.equal((await program(lab, "destroy")).failed, undefined);
        const { removed, exitCode } = await cleanup();
        assert.equal(exitCode, 0);
        assert.ok(removed.includes("ConfigMap default/istio-ca-root-cert"), removed.join(", "));
        // The API server takes its own entry for a CRD's group away a moment after the CRD.
        await eventually(30, async () => {
            const more = (await everyObject(lab)).filter((object) => !before.includes(object));
            return more.length === 0 ? true : `left: ${more.join(", ")}`;
        });
        assert.deepEqual(await everyObject(lab), before);
    });

    it("has nothing to do a second time", async () => {
        assert.equal((await program(lab, "destroy")).failed, undefined);
        assert.deepEqual(await cleanup(), { removed: [], findings: [], exitCode: 0 });
    });
});

function crds(lab: Cluster): string[] {
    const names = kubectl(lab, "get", "customresourcedefinitions", "-o", "name").trim().split("\n");
    assert.ok(names.length > 10);
    return names;
}

/** What names Istio, Jaeger or the demo. */
async function traces(lab: Cluster): Promise<string[]> {
    const { name } = lab.identity;
    return (await everyObject(lab)).filter((object) =>
        /istio|jaeger|demo|frontend|backend|shop/.test(object.replace(name, "")),
    );
}

function apply(lab: Cluster, manifest: string): void {
    const { status, stderr } = spawnSync(join(lab.artifacts.binDir, "kubectl"), ["apply", "-f", "-"], {
        input: manifest,
        encoding: "utf8",
        env: { ...process.env, KUBECONFIG: lab.kubeconfig },
    });
    assert.equal(status, 0, stderr);
}
