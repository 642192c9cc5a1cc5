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
    return found.find(({ kind }) => kind === "http") ?? found[0];
}

/** Port on which a pod receives requests to the Service. */
export function targetPort(pod: SidecarEvidence["pod"], { service, port }: Evidence["path"]): number | undefined {
    return portNumber(targetPortOf(service, port), pod.spec?.containers);
}
