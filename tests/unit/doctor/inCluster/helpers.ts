import { inClusterAccess } from "../../../../doctor/inCluster/access";
import type { RunHere } from "../../../../doctor/inCluster/runHere";
import type { Access } from "../../../../doctor/connection/access";
import type { ClusterClient } from "../../../../shared/cluster/client";
import type { Answer, Request } from "../../../../shared/cluster/request";
import type { Fact } from "../../../../shared/cluster/facts";
import { at, isPlainObject, itemsAt } from "../../../../shared/values/plainObjects";
import { fakeMesh, type FakeMeshSpec } from "../fakeMesh";

/** The doctor's own pods in the fake mesh. */
export const OWN = { name: "frontend-0", namespace: "demo" };

/** What a doctor in the cluster has asked, by whom it asked. */
export interface InFakeMesh {
    access: Access;
    /** URLs without the API server. */
    direct: string[];
    /** Headers of these. */
    headers: Record<string, unknown>[];
    /** Paths of the API server. */
    read: string[];
}

/** The fake mesh from inside: its frontend is the doctor, and answers come from the addresses of pods and Services. */
export function inFakeMesh({ queryLine, ...spec }: Partial<FakeMeshSpec> & { queryLine?: string } = {}): InFakeMesh {
    const { access: mesh } = fakeMesh({ bystanders: 0, backends: 1, answering: 0, ...spec });
    const direct: string[] = [];
    const headers: Record<string, unknown>[] = [];
    const read: string[] = [];
    const client = {
        get: async (path: string) => {
            read.push(path);
            const name = /^\/api\/v1\/namespaces\/[^/]+\/pods\/([^/?]+)$/.exec(path)?.[1];
            if (name === undefined) return mesh.get(path);
            const fact = await mesh.get(`/api/v1/pods?fieldSelector=metadata.name%3D${name}`);
            const pod = "value" in fact ? itemsAt(fact.value, "items")[0] : undefined;
            const metadata = at(pod, "metadata");
            return { value: { metadata, spec: at(pod, "spec"), status: { podIP: `${name}.ip` } } };
        },
        text: (path: string) => {
            read.push(path);
            return queryLine === undefined ? mesh.text(path) : Promise.resolve({ value: `${queryLine}\na line\n` });
        },
        close: () => undefined,
    } as unknown as ClusterClient;
    const run: RunHere = (command) => mesh.exec({ ...OWN, pod: OWN.name, container: "frontend" }, command);
    const admin = async (pod: string, path: string): Promise<Fact<Answer>> => {
        const fact = await mesh.exec({ namespace: "demo", pod, container: "istio-proxy" }, ["pilot-agent", path]);
        return "failure" in fact ? fact : { value: { status: 200, text: fact.value.stdout } };
    };
    const ask = async ({ url, options }: Request): Promise<Fact<Answer>> => {
        direct.push(url);
        if (isPlainObject(options.headers)) headers.push(options.headers);
        const { hostname, port, pathname, search } = new URL(url);
        if (port === "15000") return admin(OWN.name, `${pathname.slice(1)}${search}`);
        if (port === "9465") return admin(hostname.replace(".ip", ""), `${pathname.slice(1)}${search}`);
        const proxied = `/api/v1/namespaces/istio-system/services/http:${hostname}:${port}/proxy${pathname}${search}`;
        const fact = pathname === "/metrics" ? await mesh.text(proxied) : await mesh.get<object>(proxied);
        if ("failure" in fact) return fact;
        const text = typeof fact.value === "string" ? fact.value : JSON.stringify(fact.value);
        return { value: { status: fact.value === undefined ? 404 : 200, text } };
    };
    return { access: inClusterAccess(client, OWN, { timeoutSeconds: 1, ask, run }), direct, headers, read };
}
