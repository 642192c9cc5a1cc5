import { SERVICE_NAME_LABEL } from "../names/kubernetes";
import type { ContainerObject, EndpointSliceObject, ServiceObject, ServicePort } from "./objects";

/** The DNS name of a Service in full, as istiod knows it. */
export function fullServiceName({ metadata }: Pick<ServiceObject, "metadata">, clusterDomain: string): string {
    return `${metadata.name}.${metadata.namespace ?? ""}.svc.${clusterDomain}`;
}

/** The port of a Service with a number. */
export function servedPort(service: ServiceObject | undefined, port: number): ServicePort | undefined {
    return service?.spec?.ports?.find((served) => served.port === port);
}

/** The port of the pods to which a Service's port leads, by number or name. The default is the same number. */
export function targetPortOf(service: ServiceObject | undefined, port: number): number | string {
    return servedPort(service, port)?.targetPort ?? port;
}

/** The number of a target port in these containers; undefined for a name that none of them has. */
export function portNumber(target: number | string, containers: readonly ContainerObject[] = []): number | undefined {
    if (typeof target === "number") return target;
    return containers.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === target)?.containerPort;
}

/** The EndpointSlices of a Service. */
export function slicesOf(
    { metadata }: Pick<ServiceObject, "metadata">,
    slices: readonly EndpointSliceObject[],
): EndpointSliceObject[] {
    return slices.filter(
        (slice) =>
            slice.metadata.namespace === metadata.namespace &&
            slice.metadata.labels?.[SERVICE_NAME_LABEL] === metadata.name,
    );
}
