import assert from "node:assert/strict";
import { sourceNotReady } from "../../../../../doctor/analyzers/pods/source";
import type { Access } from "../../../../../doctor/connection/access";
import type { PathOptions } from "../../../../../doctor/probe/path";
import { evidenceOf, pod, put } from "../../patient";

const QUOTA = 'pods "a" is forbidden: exceeded quota: team, requested: pods=1, used: pods=3, limited: pods=3';

/** What is said of a mesh whose only workload has no ready pod. */
async function said(
    workload: object,
    options: PathOptions = {},
    status: object = {},
    namespaceLabels?: Record<string, string>,
): Promise<string | undefined> {
    const { discovery } = evidenceOf();
    if (namespaceLabels !== undefined)
        put(discovery, "namespaces", { metadata: { name: "demo", labels: namespaceLabels } });
    const frontend = pod("demo", "frontend", "10.0.0.1");
    frontend.status = { phase: "Pending", ...status };
    put(discovery, "pods", frontend);
    const metadata = { name: "frontend", namespace: "demo" };
    const get = (path: string) => {
        const items = path.startsWith("/apis/apps/v1/namespaces/demo/deployments") ? [{ metadata, ...workload }] : [];
        return Promise.resolve({ value: { items } });
    };
    const access = { get, text: () => Promise.resolve({ value: "" }) } as unknown as Access;
    return (await sourceNotReady(access, options, discovery))?.message;
}

describe("a mesh without a ready pod that could send a probe", () => {
    const full = { status: { conditions: [{ type: "ReplicaFailure", status: "True", message: QUOTA }] } };

    it("is told by the quota that keeps its pods away, whether a workload was named or not", async () => {
        const right =
            /got: ResourceQuota demo\/team: requested pods=1, used pods=3, limited to pods=3, so .*Next: Raise/;
        assert.match((await said(full)) ?? "", right);
        assert.match((await said(full, { from: "deploy/frontend", namespace: "demo" })) ?? "", right);
    });

    it("is told by what the scheduler says, or by how it is scaled", async () => {
        const conditions = [{ type: "PodScheduled", status: "False", message: "0/1 nodes: 1 Insufficient memory." }];
        assert.match(
            (await said({}, {}, { conditions })) ?? "",
            /got: Deployment demo\/frontend: Pod .* Insufficient memory/,
        );
        assert.match(
            (await said({ spec: { replicas: 0 } }, { from: "frontend", namespace: "demo" })) ?? "",
            /replicas is 0\. Next: scale it up: kubectl scale deployment\/frontend -n demo --replicas=1\.$/,
        );
    });

    it("is told by its image as well, where the pods ask for their sidecars and the namespace has no label", async () => {
        const message = "failed to pull and unpack image: 401 Unauthorized";
        const waiting = { reason: "ImagePullBackOff", message };
        const status = { initContainerStatuses: [{ name: "istio-init", state: { waiting } }] };
        assert.match(
            (await said({}, {}, status, {})) ?? "",
            /got: Deployment demo\/frontend: container istio-init of Pod .* is in ImagePullBackOff .*Next: The registry requires a login/,
        );
    });

    it("is not told of other workloads than the one that was named, nor of pods that are ready", async () => {
        assert.equal(await said(full, { from: "deploy/other", namespace: "demo" }), undefined);
        const ready = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
        assert.equal(await said(full, {}, ready), undefined);
        assert.equal(await said({}), undefined);
        assert.equal(await said({ spec: { replicas: 0 } }), undefined);
    });
});
