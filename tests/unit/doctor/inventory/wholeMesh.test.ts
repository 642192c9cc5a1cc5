import assert from "node:assert/strict";
import type { Inventory } from "../../../../doctor/inventory";
import { listControlPlanes } from "../../../../doctor/inventory/controlPlanes";
import { chooseSample } from "../../../../doctor/inventory/liveRates";
import { readMeshes } from "../../../../doctor/inventory/mesh";
import { listNamespaces } from "../../../../doctor/inventory/namespaces";
import type { Discovery } from "../../../../doctor/inventory/objects";
import { rateRows } from "../../../../doctor/report/inventory";
import { cluster, MESH_WIDE, pod, telemetry } from "../largeMesh";

/** 50 namespaces with 12 pods each. */
const MANY = Array.from({ length: 600 }, (_, index) => {
    const namespace = `team-${String(Math.floor(index / 12)).padStart(2, "0")}`;
    return pod(namespace, `app-${String(index % 12)}`);
});

function rows(discovery: Discovery, ratesKnown = true): string[] {
    const inventory = { namespaces: listNamespaces(discovery), live: [], ratesKnown } as unknown as Inventory;
    return rateRows(inventory).map(({ rate, who, decidedBy }) => `${rate} ${who} by ${decidedBy}`);
}

describe("the sampling of a whole mesh", () => {
    const wide = "by Telemetry istio-system/mesh-default, randomSamplingPercentage";

    it("is one row for all namespaces in which one object decides", () => {
        assert.deepEqual(rows(cluster(MANY, [MESH_WIDE])), [
            `100 % team-00, team-01, team-02, team-03 and 46 more ${wide}`,
        ]);
    });

    it("is not told where what decides it could not be read", () => {
        assert.deepEqual(rows(cluster(MANY, [MESH_WIDE]), false), []);
    });

    it("shows a namespace with a Telemetry of its own apart, and a workload that a selector means", () => {
        const own = [
            telemetry("team-01", "less", { randomSamplingPercentage: 5 }),
            telemetry("team-02", "cart", { randomSamplingPercentage: 50 }, "app-3"),
        ];
        assert.deepEqual(rows(cluster(MANY, [MESH_WIDE, ...own])), [
            `100 % team-00, team-02, team-03, team-04 and 45 more ${wide}`,
            "5 % team-01 by Telemetry team-01/less, randomSamplingPercentage",
            "50 % team-02/app-3 by Telemetry team-02/cart, randomSamplingPercentage",
        ]);
    });

    it("shows a workload whose pods are annotated, where no Telemetry sets a rate", () => {
        const noRate = telemetry("istio-system", "mesh-default", { providers: [{ name: "tracing" }] });
        const annotations = { "proxy.istio.io/config": "tracing:\n  sampling: 42" };
        const pods = [
            pod("shop", "plain"),
            pod("shop", "cart", { annotations, proxyConfig: { tracing: { sampling: 42 } } }),
        ];
        assert.deepEqual(rows(cluster(pods, [noRate])), [
            "1 % shop by Istio's default, because nothing sets a rate",
            "42 % shop/cart by tracing.sampling of the pod's annotation proxy.istio.io/config",
        ]);
    });

    it("tells what is sent from what is received, and a namespace that reports nothing", () => {
        const quiet = telemetry("quiet", "off", { disableSpanReporting: true });
        const received = telemetry("half", "half", { match: { mode: "SERVER" }, randomSamplingPercentage: 50 });
        assert.deepEqual(rows(cluster([pod("half", "a"), pod("quiet", "b")], [MESH_WIDE, quiet, received])), [
            `100 % sent, 50 % received half ${wide}; Telemetry half/half, randomSamplingPercentage`,
            "no spans quiet by Telemetry quiet/off, disableSpanReporting",
        ]);
    });

    it("is held against a few live sidecars, one of each rate that the path has not", () => {
        const own = Array.from({ length: 9 }, (_, index) =>
            telemetry(`team-0${String(index)}`, "own", { randomSamplingPercentage: index + 1 }),
        );
        const [source] = MANY;
        assert.ok(source !== undefined);
        const path = { source, targets: [], url: "", service: undefined, port: 80 };
        const sample = chooseSample(cluster(MANY, [MESH_WIDE, ...own]), path);
        assert.deepEqual(
            sample.map(({ namespace, workload }) => `${namespace}/${workload}`),
            ["team-01/app-0", "team-02/app-0", "team-03/app-0", "team-04/app-0", "team-05/app-0"],
        );
    });
});

describe("the sidecars of a whole mesh", () => {
    const asking = { proxyConfig: "none", labels: { "sidecar.istio.io/inject": "true" } } as const;
    const none = { proxyConfig: "none" } as const;
    const counts = (discovery: Discovery): Record<string, string> =>
        Object.fromEntries(
            listNamespaces(discovery).map(({ namespace, pods: { injected, running, missing } }) => [
                namespace,
                `${String(injected)} of ${String(running)}, ${String(missing.length)} missing`,
            ]),
        );

    it("are counted by namespace, and a pod that is older than the label is missing one", () => {
        assert.deepEqual(counts(cluster([pod("shop", "new"), pod("shop", "old", none)], [])), {
            shop: "1 of 2, 1 missing",
        });
    });

    it("are not missing where somebody chose so, nor where Istio never puts one", () => {
        const inject = { "sidecar.istio.io/inject": "false" };
        const pods = [
            pod("shop", "labelled", { ...none, labels: inject }),
            pod("shop", "annotated", { ...none, annotations: inject }),
            pod("shop", "node", { ...none, hostNetwork: true }),
            { ...pod("shop", "done", none), status: { phase: "Succeeded" } },
            pod("kube-system", "dns", none),
        ];
        assert.deepEqual(counts(cluster(pods, [])), { "kube-system": "0 of 1, 0 missing", shop: "0 of 3, 0 missing" });
    });

    it("are not missing where the injector was told to leave pods alone", () => {
        const pods = [pod("shop", "job", { ...none, labels: { batch: "yes" } }), pod("shop", "asks", asking)];
        const never = { neverInjectSelector: [{ matchExpressions: [{ key: "batch", operator: "Exists" }] }] };
        for (const config of [never, { policy: "disabled" }]) {
            const injectors = { value: [{ namespace: "istio-system", revision: "default", config }] };
            assert.deepEqual(counts({ ...cluster(pods, []), injectors }), { shop: "0 of 2, 1 missing" });
        }
    });

    it("are of no interest in namespaces outside of the mesh", () => {
        const labels = { batch: {}, off: { "istio-injection": "disabled" } };
        assert.deepEqual(counts(cluster([pod("batch", "a", none), pod("off", "b", none)], [], labels)), {});
    });

    it("belong to the revision that injected them", () => {
        const discovery = cluster([pod("shop", "a", { revision: "canary" }), pod("shop", "b"), pod("blog", "c")], []);
        const [, probed] = readMeshes(discovery);
        assert.ok(probed !== undefined);
        assert.deepEqual(
            listControlPlanes(discovery, probed).map(
                ({ revision, version, sidecars }) => `${revision} ${version}: ${String(sidecars)}`,
            ),
            ["default 1.31.1: 2", "canary 1.32.0: 1"],
        );
    });
});
