import assert from "node:assert/strict";
import { sidecarsNotReady } from "../../../../../doctor/analyzers/sidecar/unready";
import type { Access } from "../../../../../doctor/connection/access";
import type { PathOptions } from "../../../../../doctor/probe/path";
import { evidenceOf, HOST, objectOf, pod, put } from "../../patient";

const CLUSTER = `outbound|4317||${HOST}`;

/** What is said of a mesh whose frontend is not ready, with an EnvoyFilter and what its sidecar refuses. */
async function said(
    details: string | undefined,
    patch: object,
    options: PathOptions = {},
): Promise<string | undefined> {
    const { discovery, mesh } = evidenceOf();
    const frontend = pod("demo", "frontend", "10.0.0.1");
    frontend.status = { phase: "Pending", conditions: [{ type: "Ready", status: "False" }] };
    put(discovery, "pods", frontend, pod("demo", "backend", "10.0.0.2"));
    put(discovery, "envoyFilters", objectOf("demo", "slim", { configPatches: [patch] }));
    const containers = [{ name: "discovery", args: ["--domain", "cluster.local"] }];
    put(discovery, "istiods", {
        metadata: { name: "istiod", namespace: "istio-system", labels: {} },
        spec: { template: { spec: { containers } } },
    });
    put(discovery, "meshConfigMaps", {
        metadata: { name: "istio", namespace: "istio-system" },
        data: { mesh: JSON.stringify(mesh.config) },
    });
    const entry = details === undefined ? [] : [{ error_state: { details } }];
    const stdout = JSON.stringify({ configs: entry });
    const access = { exec: () => Promise.resolve({ value: { code: 0, stdout, stderr: "" } }) } as unknown as Access;
    return (await sidecarsNotReady(access, options, discovery))?.message;
}

const remove = { applyTo: "CLUSTER", patch: { operation: "REMOVE" } };
const lua = { applyTo: "HTTP_FILTER", patch: { operation: "INSERT_BEFORE", value: { name: "nosuch" } } };

describe("a mesh in which no pod becomes ready that could send a probe", () => {
    it("is told by what a sidecar refuses, and by the EnvoyFilter that takes the collector's cluster away", async () => {
        const message = await said(`Unknown gRPC client cluster '${CLUSTER}'`, remove);
        assert.match(
            message ?? "",
            /the sidecar of Pod demo\/frontend-7f9-abc rejects its configuration \(Unknown gRPC/,
        );
        assert.match(
            message ?? "",
            /EnvoyFilter demo\/slim: a patch with the operation REMOVE, which removes the cluster/,
        );
        assert.match(message ?? "", /kubectl delete envoyfilter slim -n demo$/);
    });

    it("is told by the EnvoyFilter whose patch is refused", async () => {
        const message = await said("Didn't find a registered implementation for 'nosuch'", lua);
        assert.match(
            message ?? "",
            /These objects patch it: EnvoyFilter demo\/slim\. Next: correct or remove that patch\.$/,
        );
    });

    it("is not explained where nothing is refused, or where another workload was asked for", async () => {
        assert.equal(await said(undefined, remove), undefined);
        assert.equal(await said("x", lua, { from: "deploy/backend", namespace: "demo" }), undefined);
        assert.equal(await said("x", lua, { namespace: "shop" }), undefined);
    });
});
