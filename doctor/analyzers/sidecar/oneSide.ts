import { isNamespaceWide, type TelemetryObject, type TracingBlock } from "../../../checks/mesh/objects";
import { itemsOf } from "../../../shared/cluster/facts";
import { hasLabels } from "../../../shared/kubernetes/labelSelectors";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { patchCommand } from "../../remediation/commands";

/** A side of a sidecar: requests that it sends or receives for its application. */
export type Side = "client" | "server";

const MODES = { client: "SERVER", server: "CLIENT" } as const;
const SIDES = { client: "requests that it sends", server: "requests that it receives" };

/** A Telemetry that names a provider only for the other side, so that this side has none. */
export function tracedOnOneSide(
    pod: PodObject,
    side: Side,
    { mesh, discovery }: Evidence,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const homes = [pod.metadata.namespace, mesh.rootNamespace];
    const isOther = ({ match, providers }: TracingBlock): boolean =>
        match?.mode === MODES[side] && (providers ?? []).length > 0;
    const counts = (one: TelemetryObject): boolean =>
        isNamespaceWide(one) || hasLabels(pod.metadata.labels ?? {}, one.spec?.selector?.matchLabels ?? {});
    const telemetry = itemsOf(discovery.telemetries).find(
        (one) => homes.includes(one.metadata.namespace) && counts(one) && (one.spec?.tracing ?? []).some(isOther),
    );
    if (telemetry === undefined) return undefined;
    const blocks = telemetry.spec?.tracing ?? [];
    return draftFor("sidecar")({
        id: "telemetry-one-side",
        resource: `Telemetry ${fullName(telemetry)}`,
        expected: "tracing on both sides, so that every service appears",
        got: `match.mode ${MODES[side]}: the sidecar of Pod ${fullName(pod)} has no tracer for ${SIDES[side]}`,
        cure:
            "Remove match. If you intend to trace only one side, keep it: half of the spans are then missing, and so " +
            "are services that only the other side would report.",
        // No second block is added, because Istio uses only one.
        commands:
            blocks.length === 1
                ? [patchCommand("telemetry", telemetry, [{ op: "remove", path: "/spec/tracing/0/match" }])]
                : [],
        values,
    });
}
