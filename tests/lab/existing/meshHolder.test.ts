import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { aksHolder, changeHolder, sailHolder, type HolderKind } from "../../../cli/adopt/meshHolder";
import type { Cluster } from "../../../lab/cluster";
import { openClient, type ClusterClient } from "../../../shared/cluster/client";
import { openTarget } from "../../../shared/cluster/target";
import { mapAt, omit, type PlainObject } from "../../../shared/values/plainObjects";
import { apply } from "../doctor/faults";
import { shell } from "../doctor/examine";
import { kubectl, sharedLab } from "../support/sharedLab";

const PROVIDER = {
    name: "tracing",
    opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
};
const NAMESPACE = "aks-istio-system";
const SHARED = "istio-shared-configmap-asm-1-27";
const AKS = aksHolder(NAMESPACE, "asm-1-27");
const SAIL = sailHolder("lab");

// Neither the Sail operator nor AKS is to be had here. Of the operator's CRD, only that its spec is kept matters to a
// write, so this one keeps whatever it is given.
const CRD = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "istios.sailoperator.io" },
    spec: {
        ...{ group: "sailoperator.io", scope: "Cluster" },
        names: { kind: "Istio", listKind: "IstioList", plural: "istios", singular: "istio" },
        versions: [
            {
                ...{ name: "v1", served: true, storage: true },
                schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
        ],
    },
};
const ISTIO = {
    apiVersion: "sailoperator.io/v1",
    kind: "Istio",
    metadata: { name: "lab", annotations: { "example.com/team": "mesh" } },
    spec: { version: "v1.31.1", namespace: "istio-system", values: { pilot: { env: { A: "b" } } } },
};
const MESH = "# the owner's\naccessLogFile: /dev/stdout # every request\n";

describe("the mesh configuration of an owner, on a real API server", () => {
    let lab: Cluster;
    let client: ClusterClient;
    before(async () => {
        lab = await sharedLab();
        client = await openClient(openTarget({ kubeconfig: lab.kubeconfig }), 10);
        apply(lab, CRD, { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
        shell(lab, "kubectl wait --for condition=established --timeout=60s crd/istios.sailoperator.io");
        apply(lab, ISTIO);
    });
    after(() => {
        client.close();
        kubectl(lab, "delete", "crd", "istios.sailoperator.io", "--ignore-not-found");
        kubectl(lab, "delete", "namespace", NAMESPACE, "--ignore-not-found");
    });
    const live = (kind: string, name: string): PlainObject => {
        const object = JSON.parse(kubectl(lab, "get", kind, name, "-n", NAMESPACE, "-o", "json")) as PlainObject;
        return {
            ...object,
            metadata: omit(mapAt(object, "metadata"), "managedFields", "resourceVersion", "generation"),
        };
    };
    const change = async (kind: HolderKind, provider?: PlainObject): Promise<string> =>
        (await changeHolder(client, kind, provider, true)).action;

    it("gets the provider in Sail's Istio, and is as before when it is given back", async () => {
        const before = live("istios.sailoperator.io", "lab");
        assert.equal(await change(SAIL, PROVIDER), "changed");
        const providers = mapAt(live("istios.sailoperator.io", "lab"), "spec", "values", "meshConfig");
        assert.deepEqual(providers, { extensionProviders: [PROVIDER] });
        assert.equal(await change(SAIL, PROVIDER), "none");
        assert.equal(await change(SAIL), "changed");
        assert.deepEqual(live("istios.sailoperator.io", "lab"), before);
    });

    it("gets the provider in the ConfigMap of AKS, and its text is the former one when it is given back", async () => {
        const metadata = { name: SHARED, namespace: NAMESPACE };
        apply(lab, { apiVersion: "v1", kind: "ConfigMap", metadata, data: { mesh: MESH } });
        const before = live("configmap", SHARED);
        assert.equal(await change(AKS, PROVIDER), "changed");
        assert.match(String(mapAt(live("configmap", SHARED), "data")["mesh"]), /^# the owner's\n[\s\S]*name: tracing/);
        assert.equal(await change(AKS), "changed");
        assert.deepEqual(live("configmap", SHARED), before);
    });

    it("is created where AKS has none, and gone when it is given back", async () => {
        kubectl(lab, "delete", "configmap", SHARED, "-n", NAMESPACE, "--ignore-not-found");
        assert.equal(await change(AKS, PROVIDER), "created");
        assert.equal(await change(AKS), "deleted");
        assert.equal(kubectl(lab, "get", "configmap", SHARED, "-n", NAMESPACE, "--ignore-not-found"), "");
    });

    it("keeps every write of others that arrives at the same moment", async () => {
        const writes = Array.from({ length: 20 }, (_, index) => String(index));
        const kubectlPath = join(lab.artifacts.binDir, "kubectl");
        const rival = `for n in ${writes.join(" ")}; do ${kubectlPath} annotate istios.sailoperator.io lab "rival/n$n=$n"; done`;
        const env = { ...process.env, KUBECONFIG: lab.kubeconfig };
        const others = once(spawn("sh", ["-c", rival], { env, stdio: "ignore" }), "close");
        for (const provider of [PROVIDER, undefined, PROVIDER]) assert.equal(await change(SAIL, provider), "changed");
        await others;
        const object = live("istios.sailoperator.io", "lab");
        assert.deepEqual(mapAt(object, "spec", "values", "meshConfig"), { extensionProviders: [PROVIDER] });
        const { annotations } = object["metadata"] as { annotations: Record<string, string> };
        assert.equal(Object.keys(annotations).filter((key) => key.startsWith("rival/")).length, writes.length);
    });
});
