import { portNumber, targetPortOf } from "../../../shared/kubernetes/services";
import type { Evidence } from "../../evidence";
import type { ListenerSummary } from "../../evidence/envoyConfig";
import type { SidecarEvidence } from "../../evidence/sidecar";

/** The filter chain that a probe passes in a sidecar. */
export function chainOf(
    { pod }: SidecarEvidence,
    chains: ListenerSummary[],
    { path, source }: Pick<Evidence, "path" | "source">,
): ListenerSummary | undefined {
    const outbound = pod === source?.pod;
    const port = outbound ? path.port : targetPort(pod, path);
    const direction = outbound ? "OUTBOUND" : "INBOUND";
    const found = chains.filter((chain) => chain.direction === direction && chain.port === port);
    // Envoy prefers a listener of the Service's own address, which istiod makes for TCP, over that of any address.
    const own = outbound ? found.filter(({ listener }) => isOfService(listener, path)) : [];
    const possible = own.length > 0 ? own : found;
    return possible.find(({ kind }) => kind === "http") ?? possible[0];
}

/** Istio names a listener by its address and its port. */
function isOfService(listener: string, { service, port }: Evidence["path"]): boolean {
    const address = service?.spec?.clusterIP ?? "";
    return address !== "" && [address, `[${address}]`].some((one) => listener === `${one}_${String(port)}`);
}

/** Port on which a pod receives requests to the Service. */
export function targetPort(pod: SidecarEvidence["pod"], { service, port }: Evidence["path"]): number | undefined {
    return portNumber(targetPortOf(service, port), pod.spec?.containers);
}
