import type { EndpointSliceObject, ServiceObject, ServicePort } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";
import { describePort, grpcFinding, isGrpcPort } from "../mesh/servicePorts";

/** A collector as the settings name it and as the cluster contains it. */
export interface CollectorInCluster {
    /** NAME.NAMESPACE.svc.DOMAIN. */
    host: string;
    port: number;
    /** How spans are sent, such as `otlp-grpc`. */
    protocol: string;
    /** The Service of that name; undefined if the cluster has none. */
    service: ServiceObject | undefined;
    endpointSlices: EndpointSliceObject[];
}

/**
 * Reports a collector that sidecars cannot reach as configured. No request and no proxy configuration fails because of
 * it: spans are lost silently.
 */
export function checkCollectorInCluster(collector: CollectorInCluster): Finding[] {
    const { service, host, port } = collector;
    const { name, namespace } = serviceNameOf(host);
    const resource = `Service ${namespace}/${name}`;
    if (service === undefined) {
        return [
            {
                id: "collector-service-exists",
                severity: "error",
                resource,
                expected: `the Service that collectorAddress names, ${host}:${String(port)}`,
                got: "no such Service in this cluster",
                cure: `Deploy the collector first, or correct collectorAddress. List the Services: kubectl get services -n ${namespace}`,
            },
        ];
    }
    const ports = service.spec?.ports ?? [];
    const served = ports.find((candidate) => candidate.port === port);
    if (served === undefined) {
        return [
            {
                id: "collector-port-exists",
                severity: "error",
                resource,
                expected: `port ${String(port)}, to which spans are sent`,
                got: ports.length === 0 ? "no ports" : `ports ${ports.map(describePort).join(", ")}`,
                cure: "Correct the port in collectorAddress or in the provider. Istio does not check it, and every span would be lost.",
            },
        ];
    }
    return [
        ...(collector.protocol === "otlp-grpc" && !isGrpcPort(served) ? [grpcFinding(resource, served)] : []),
        ...checkEndpointsReady(resource, service, served, collector.endpointSlices),
    ];
}

function checkEndpointsReady(
    resource: string,
    service: ServiceObject,
    port: ServicePort,
    slices: EndpointSliceObject[],
): Finding[] {
    if (service.spec?.type === "ExternalName") return [];
    const ready = slices
        // If a Service has only one port, the port and its slices may have no name.
        .filter((slice) => (slice.ports ?? []).some(({ name }) => (name ?? "") === (port.name ?? "")))
        .flatMap((slice) => slice.endpoints ?? [])
        // An endpoint without a condition counts as ready.
        .filter((endpoint) => endpoint.conditions?.ready !== false);
    if (ready.length > 0) return [];
    const { name, namespace } = service.metadata;
    return [
        {
            id: "collector-endpoints-ready",
            severity: "warning",
            resource,
            expected: `at least one ready endpoint for port ${String(port.port)}`,
            got: "none",
            cure: `Spans are lost until a pod is ready. See the endpoints: kubectl get endpointslices -n ${namespace ?? "default"} -l kubernetes.io/service-name=${name}`,
        },
    ];
}

/** Name and namespace of the Service whose full name is `NAME.NAMESPACE.svc.DOMAIN`. */
export function serviceNameOf(host: string): { name: string; namespace: string } {
    const [name = "", namespace = ""] = host.split(".");
    return { name, namespace };
}
