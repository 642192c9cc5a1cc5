import type { Cluster } from "../../lab/cluster";
import type { ApiClient } from "../../lab/cluster/api";
import { forEach, kubectl, send, until, withApi, type Pod } from "../mesh/kubernetes";
import { namespace, serviceEntries } from "./manifests";
import { createAll } from "./objects";
import { SIDECAR_CONTAINER } from "../../shared/names/istio";

/** Pods in one namespace. */
const PODS = 100;
const AT_ONCE = 16;
/** No scheduler has this name, so its pods stay pending, and no kubelet starts or ends them. */
const NOBODY = "nobody";

/** The mesh for the doctor. */
export interface MeshSize {
    pods: number;
    /** Clusters of each sidecar in addition to those of the lab's mesh. */
    clusters: number;
}

/**
 * Adds pods and clusters up to this size.
 *
 * @param former its current size.
 */
export async function growMesh(lab: Cluster, former: MeshSize, size: MeshSize, signal: AbortSignal): Promise<void> {
    await withApi(lab, async (api) => {
        const template = await injectedPod(api);
        const first = former.pods / PODS;
        const names = Array.from({ length: size.pods / PODS - first }, (_, index) => nameOf(first + index));
        await createAll(
            api,
            () => "/api/v1/namespaces",
            names.map((name) => namespace(name)),
            signal,
        );
        for (const [index, name] of names.entries()) await addPods(api, name, first + index, template, signal);
        if (size.clusters === 0) return;
        const entries = serviceEntries(size.clusters, nameOf(0)).slice(former.clusters / 100);
        const collection = (name: string): string => `/apis/networking.istio.io/v1/namespaces/${name}/serviceentries`;
        await createAll(api, collection, entries, signal);
    });
    await untilConfigured(lab, size.clusters, signal);
}

function nameOf(index: number): string {
    return `bench-pods-${String(index)}`;
}

/** A pod with a sidecar, from the injector. */
async function injectedPod(api: ApiClient): Promise<Pod> {
    const path = "/api/v1/namespaces/demo/pods?labelSelector=app%3Dbackend";
    const [pod] = (await api.get<{ items: Pod[] }>(path)).items;
    if (pod === undefined) throw new Error("expected a pod of the demo's backend, got none");
    return pod;
}

async function addPods(api: ApiClient, name: string, group: number, template: Pod, signal: AbortSignal): Promise<void> {
    await until(20, signal, async () => {
        const { status } = await api.send("GET", `/api/v1/namespaces/${name}/serviceaccounts/default`);
        return status === 200 ? true : `no service account in ${name}`;
    });
    const indexes = Array.from({ length: PODS }, (_, index) => index);
    await forEach(indexes, AT_ONCE, signal, async (index) => {
        const path = `/api/v1/namespaces/${name}/pods`;
        const pod = `app-${String(Math.floor(index / 2))}-${String(index % 2)}`;
        await send(api, "POST", path, copyOf(template, name, pod));
        // A range that is reserved: no address of a pod that answers.
        const ip = `240.1.${String(group)}.${String(index)}`;
        const status = { ...template.status, podIP: ip, podIPs: [{ ip }] };
        await send(api, "PATCH", `${path}/${pod}/status`, { status });
    });
}

/**
 * The same pod for another workload in another namespace: as large as a real one, and with the status of a running one.
 */
function copyOf({ metadata, spec }: Pod, inNamespace: string, name: string): object {
    const app = name.replace(/-\d+$/, "");
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
            ...{ name, namespace: inNamespace, annotations: metadata.annotations },
            labels: { ...metadata.labels, app, "service.istio.io/canonical-name": app },
        },
        // JSON omits undefined values.
        spec: { ...spec, nodeName: undefined, schedulerName: NOBODY },
    };
}

/** Until both sidecars of the demo have all clusters. */
async function untilConfigured(lab: Cluster, clusters: number, signal: AbortSignal): Promise<void> {
    for (const workload of ["frontend", "backend"]) {
        await until(120, signal, async () => {
            const found = await activeClusters(lab, workload);
            return found >= clusters ? true : `the sidecar of ${workload} has ${String(found)} clusters`;
        });
    }
}

/** Clusters in the configuration of a sidecar of the demo. */
export async function activeClusters(lab: Cluster, workload: string): Promise<number> {
    const command = ["pilot-agent", "request", "GET", "stats?filter=cluster_manager.active_clusters"];
    const text = await kubectl(
        lab,
        "exec",
        "-n",
        "demo",
        `deploy/${workload}`,
        "-c",
        SIDECAR_CONTAINER,
        "--",
        ...command,
    );
    return Number(/active_clusters: (\d+)/.exec(text)?.[1] ?? Number.NaN);
}
