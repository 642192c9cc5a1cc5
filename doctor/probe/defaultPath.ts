import { protocolOf } from "../../checks/mesh/servicePorts";
import { itemsOf } from "../../shared/cluster/facts";
import type { PodObject, ServiceObject, ServicePort } from "../../shared/kubernetes/objects";
import { SIDECAR_CONTAINER } from "../../shared/names/istio";
import { isInjectionOn, podsOf, sidecarOf } from "../inventory/mesh";
import type { Discovery } from "../inventory/objects";
import { workloadOf } from "../inventory/workload";

/** One pod for each workload that is in the mesh, or should be. */
export function candidateSources(pods: PodObject[], namespace: string | undefined, discovery: Discovery): PodObject[] {
    const seen = new Set<string>();
    const meant = itemsOf(discovery.namespaces)
        .filter(isInjectionOn)
        .map(({ metadata }) => metadata.name);
    return pods.filter((pod) => {
        const home = pod.metadata.namespace ?? "";
        const key = `${home}/${workloadOf(pod)}`;
        const inMesh = sidecarOf(pod) !== undefined || meant.includes(home) || isDemo(pod);
        // The pod of a gateway contains only a proxy.
        const isGateway = (pod.spec?.containers ?? []).every(({ name }) => name === SIDECAR_CONTAINER);
        if (!inMesh || isGateway || (namespace ?? home) !== home || seen.has(key)) return false;
        seen.add(key);
        return true;
    });
}

/** A Service of the source's namespace for other pods than the source's, with preference for one with pods and HTTP. */
export function candidateUrl(source: PodObject, services: ServiceObject[], pods: PodObject[]): string | undefined {
    const { namespace, labels = {} } = source.metadata;
    const others = services
        .filter(({ metadata }) => metadata.namespace === namespace)
        .filter(({ spec }) => Object.entries(spec?.selector ?? {}).some(([label, value]) => labels[label] !== value))
        .filter((service) => httpPort(service, isDemo(source)) !== undefined);
    const neighbours = pods.filter(({ metadata }) => metadata.namespace === namespace);
    const alive = others.filter((service) => podsOf(service, neighbours).length > 0);
    const marked = ({ spec }: ServiceObject): boolean => spec?.ports?.some(isHttp) ?? false;
    const found = alive.find(marked) ?? alive[0] ?? others.find(marked) ?? others[0];
    if (found === undefined) return undefined;
    const port = httpPort(found, isDemo(source));
    return `http://${found.metadata.name}${port === 80 ? "" : `:${String(port)}`}`;
}

function httpPort({ spec }: ServiceObject, speaksHttp: boolean): number | undefined {
    const ports = (spec?.ports ?? []).filter(({ protocol }) => (protocol ?? "TCP") === "TCP");
    // A port with another protocol would reject requests, which would be a false finding. In the demo, only the marking
    // can be wrong.
    const possible = ports.find((port) => speaksHttp || protocolOf(port) === undefined);
    return (ports.find(isHttp) ?? possible)?.port;
}

/** True for a port that is marked as HTTP. */
export function isHttp(port: Pick<ServicePort, "name" | "appProtocol">): boolean {
    return ["http", "http2"].includes(protocolOf(port) ?? "");
}

/** True for a pod of this program's demo. */
export function isDemo({ metadata }: PodObject): boolean {
    return metadata.labels?.["app.kubernetes.io/part-of"] === "istio-tracing-demo";
}
