import assert from "node:assert/strict";
import type { TelemetryObject } from "../../../../checks/mesh/objects";
import { judgeInventory } from "../../../../doctor/analyzers/inventory";
import type { Evidence } from "../../../../doctor/evidence";
import type { LiveRate } from "../../../../doctor/evidence/liveRate";
import type { Inventory } from "../../../../doctor/inventory";
import { samplingOfPod } from "../../../../doctor/inventory/collector";
import { listControlPlanes } from "../../../../doctor/inventory/controlPlanes";
import { readMeshes } from "../../../../doctor/inventory/mesh";
import { listNamespaces } from "../../../../doctor/inventory/namespaces";
import type { Discovery } from "../../../../doctor/inventory/objects";
import type { DoctorFinding } from "../../../../doctor/segments";
import type { PodObject } from "../../../../shared/kubernetes/objects";
import { cluster, MESH_WIDE, pod, telemetry } from "../largeMesh";

const SOURCE = pod("demo", "frontend");
const TARGET = pod("demo", "backend");

function findings(
    others: PodObject[],
    {
        telemetries = [MESH_WIDE],
        target = TARGET,
        live = [] as LiveRate[],
        canary = undefined as string | undefined,
    } = {},
): DoctorFinding[] {
    const discovery = cluster([SOURCE, target, ...others], telemetries);
    if (canary !== undefined) discovery.meshConfigMaps = withCanary(discovery, canary);
    const [, mesh] = readMeshes(discovery);
    assert.ok(mesh !== undefined);
    const sampling = { source: samplingOfPod(SOURCE, mesh, discovery), target: samplingOfPod(target, mesh, discovery) };
    const path = { source: SOURCE, targets: [target], url: "http://backend", service: undefined, port: 80 };
    const controlPlanes = listControlPlanes(discovery, mesh);
    const inventory = { controlPlanes, namespaces: listNamespaces(discovery), live } as unknown as Inventory;
    return judgeInventory(inventory, { discovery, mesh, path, sampling } as unknown as Evidence);
}

function withCanary({ meshConfigMaps }: Discovery, mesh: string): Discovery["meshConfigMaps"] {
    const maps = "value" in meshConfigMaps ? meshConfigMaps.value : [];
    return { value: maps.map((map) => (map.metadata.name === "istio-canary" ? { ...map, data: { mesh } } : map)) };
}

describe("what the doctor says of the mesh beside the path", () => {
    it("is nothing where one Telemetry decides and every pod has its sidecar", () => {
        assert.deepEqual(findings([pod("shop", "cart")]), []);
    });

    it("is which workloads have pods without a sidecar, with the commands that restart them", () => {
        const none = { proxyConfig: "none" } as const;
        const labels = { "pod-template-hash": "5d4f" };
        const [found, ...others] = findings([
            pod("shop", "cart-5d4f-a", { ...none, labels, owner: { kind: "ReplicaSet", name: "cart-5d4f" } }),
            pod("shop", "cart-5d4f-b", { ...none, labels, owner: { kind: "ReplicaSet", name: "cart-5d4f" } }),
            pod("shop", "store-0", { ...none, owner: { kind: "StatefulSet", name: "store" } }),
            pod("shop", "alone", none),
            pod("shop", "traced"),
        ]);
        assert.deepEqual(others, []);
        assert.equal(found?.severity, "warning");
        assert.equal(found.got, "no sidecar in 4 of 5 pods, of cart, store, alone");
        assert.deepEqual(found.commands, [
            "kubectl rollout restart deployment/cart -n shop",
            "kubectl rollout status deployment/cart -n shop --timeout=120s",
            "kubectl rollout restart statefulset/store -n shop",
            "kubectl rollout status statefulset/store -n shop --timeout=120s",
        ]);
    });

    it("does not repeat a pod of the path, which has a finding of its own", () => {
        assert.deepEqual(findings([], { target: pod("demo", "backend", { proxyConfig: "none" }) }), []);
    });

    it("is which control plane lacks the provider that a Telemetry names, where it has sidecars", () => {
        const canary = "extensionProviders: [{ name: other, zipkin: { service: z, port: 9411 } }]";
        assert.deepEqual(findings([pod("shop", "cart")], { canary }), []);
        const [found, ...others] = findings([pod("blog", "web", { revision: "canary" })], { canary });
        assert.deepEqual(others, []);
        assert.deepEqual([found?.id, found?.severity], ["telemetry-provider-exists", "warning"]);
        assert.equal(found?.resource, "ConfigMap istio-system/istio-canary");
        assert.match(found.got, /^other, so no sidecar of this control plane reports a span in blog$/);
    });

    it("is nothing of a namespace that somebody has switched off", () => {
        const off = telemetry("quiet", "off", { disableSpanReporting: true });
        const pods = [pod("quiet", "a"), pod("quiet", "b", { revision: "canary" })];
        assert.deepEqual(findings(pods.slice(0, 1), { telemetries: [MESH_WIDE, off] }), []);
        assert.deepEqual(findings(pods.slice(1), { telemetries: [MESH_WIDE, off], canary: "{}" }), []);
    });

    it("is that a rate of the target's namespace decides nothing for requests that begin elsewhere", () => {
        const target = pod("shop", "cart");
        const own: TelemetryObject = telemetry("shop", "own", { randomSamplingPercentage: 5 });
        const [found, ...others] = findings([], { telemetries: [MESH_WIDE, own], target });
        assert.deepEqual(others, []);
        assert.equal(found?.severity, "info");
        assert.match(
            found.got,
            /^5 percent \(Telemetry shop\/own.* Pod demo\/frontend: that pod decides with 100 percent/,
        );
    });

    it("is that another sidecar has not got the rate that objects say", () => {
        const decidedBy = {
            source: "telemetry",
            object: { namespace: "shop", name: "own" },
            field: "randomSamplingPercentage",
        } as const;
        const rate = { workload: "shop/cart", side: "client", decidedBy } as const;
        const live = [
            { ...rate, pod: "shop/cart-1", configuredPercent: 5, livePercent: 5, drawnPercent: 5 },
            { ...rate, pod: "shop/cart-2", configuredPercent: 5, livePercent: 100, drawnPercent: 100 },
        ];
        const [found, ...others] = findings([pod("shop", "cart")], { live });
        assert.deepEqual(others, []);
        assert.deepEqual([found?.id, found?.resource, found?.got], ["sampling-not-live", "Pod shop/cart-2", "100"]);
    });
});
