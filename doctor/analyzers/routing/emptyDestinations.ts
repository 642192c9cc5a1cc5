import { itemsOf } from "../../../shared/cluster/facts";
import type { ServiceObject } from "../../../shared/kubernetes/objects";
import { slicesOf } from "../../../shared/kubernetes/services";
import type { Evidence } from "../../evidence";
import { serviceOf } from "../../inventory/collector";
import { fullName, isReady, podsOf } from "../../inventory/mesh";
import { routeOnPath, type RouteDestination } from "../../inventory/virtualServices";
import type { Cause } from "./cause";

/** Envoy's flags of a request for which its cluster has no host, or for which there is no cluster. */
const FLAGS = ["UH", "NC", "UF"];

/**
 * A VirtualService that leads requests of the path to a host at which nobody can answer: a Service without ready pods,
 * without the port, or none at all.
 */
export function emptyDestination(evidence: Evidence): Cause | undefined {
    const { responseFlags, path } = evidence;
    const route = routeOnPath(evidence);
    // A log without flags excludes nothing.
    if (responseFlags !== undefined && !responseFlags.split(",").some((flag) => FLAGS.includes(flag))) return undefined;
    const problems = (route?.destinations ?? []).flatMap((destination) => {
        const problem = problemOf(destination, evidence);
        return problem === undefined ? [] : [problem];
    });
    const [first] = problems;
    if (route === undefined || first === undefined) return undefined;
    return {
        resource: `VirtualService ${fullName(route.object)}`,
        got: `its route for ${path.url} points to ${problems.map(({ got }) => got).join(", and to ")}`,
        cure: `${first.cure} Otherwise, point the route to a host that answers.`,
        commands: [],
    };
}

function problemOf(
    { host, port }: RouteDestination,
    { path, mesh, discovery }: Evidence,
): { got: string; cure: string } | undefined {
    const service = serviceOf(host, mesh.clusterDomain, itemsOf(discovery.services));
    if (service === undefined) return unknownHost(host, { mesh, discovery });
    const name = `Service ${fullName(service)}`;
    const ports = (service.spec?.ports ?? []).map((one) => one.port);
    const asked = port ?? path.port;
    // A route without a port sends to the only one of a Service.
    if (ports.length > 0 && !ports.includes(asked) && (port !== undefined || ports.length > 1)) {
        const got = `port ${String(asked)} of ${name}, which has only ${ports.join(", ")}`;
        return { got, cure: "Correct the port of the destination." };
    }
    if (hasEndpoint(service, discovery)) return undefined;
    const { namespace = "" } = service.metadata;
    return {
        got: `${name}, which has no ready pod`,
        cure: `Start its pods, or correct its selector: kubectl get pods -n ${namespace}.`,
    };
}

function unknownHost(
    host: string,
    { mesh, discovery }: Pick<Evidence, "mesh" | "discovery">,
): ReturnType<typeof problemOf> {
    const isOfCluster = host.endsWith(`.svc.${mesh.clusterDomain}`);
    const isEntry = itemsOf(discovery.serviceEntries).some(({ spec }) => {
        const hosts = spec?.["hosts"];
        return Array.isArray(hosts) && hosts.includes(host);
    });
    if (!isOfCluster || isEntry || "failure" in discovery.services) return undefined;
    return {
        got: `${host}, which no Service has`,
        cure: "Correct the host of the destination, or create that Service.",
    };
}

/** True if something may answer: a ready pod, or an address that somebody wrote into an EndpointSlice. */
function hasEndpoint(service: ServiceObject, { pods, endpointSlices }: Evidence["discovery"]): boolean {
    if ("failure" in pods || service.spec?.type === "ExternalName") return true;
    if (Object.keys(service.spec?.selector ?? {}).length > 0) return podsOf(service, pods.value).some(isReady);
    if ("failure" in endpointSlices) return true;
    return slicesOf(service, endpointSlices.value).some(({ endpoints }) => (endpoints ?? []).length > 0);
}
