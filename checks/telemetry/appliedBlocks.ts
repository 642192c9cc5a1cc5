import { hasLabels } from "../../shared/kubernetes/labelSelectors";
import { GATEWAY_NAME_LABEL } from "../../shared/names/istio";
import { byAge, isNamespaceWide, isReadBy, targetsOf, type TelemetryObject, type TracingBlock } from "../mesh/objects";

/** Telemetries, and the namespace or workload to which they may apply. */
export interface TelemetrySources {
    /** Every Telemetry of the cluster; those of other namespaces are ignored. */
    telemetries: TelemetryObject[];
    /**
     * Revision of the control plane that reads them. A Telemetry whose label `istio.io/rev` has another value, such as
     * a revision tag, has no effect.
     * @default none: every Telemetry applies
     */
    revision?: string;
    /**
     * The namespace whose Telemetries apply to the whole mesh: `rootNamespace` of the mesh configuration, by default
     * Istio's own.
     */
    rootNamespace: string;
    namespace: string;
    /** Labels of the pods of one workload. Without them, Telemetries with a selector or a target are ignored. */
    workload?: { labels: Record<string, string> };
}

/** A block of a Telemetry that applies to a workload. */
export interface AppliedBlock {
    block: TracingBlock;
    of: TelemetryObject;
    /** Its index in the Telemetry's `tracing`. */
    index: number;
}

/**
 * The block that decides a field on one side of a proxy: the one with the highest precedence that sets it; undefined if
 * none does.
 */
export function decidingBlock(
    sources: TelemetrySources,
    mode: "CLIENT" | "SERVER",
    field: keyof TracingBlock,
): AppliedBlock | undefined {
    return applicableBlocks(sources).findLast(
        ({ block }) =>
            countsFor(block, mode) &&
            (field === "providers" ? (block.providers ?? []).length > 0 : block[field] != null),
    );
}

/** True for a block that applies to one side of a proxy. */
export function countsFor({ match }: TracingBlock, mode: "CLIENT" | "SERVER"): boolean {
    const only = match?.mode ?? "CLIENT_AND_SERVER";
    return only === "CLIENT_AND_SERVER" || only === mode;
}

/** The blocks that apply, each with its Telemetry, the one with the highest precedence last. */
export function applicableBlocks({
    telemetries,
    revision,
    rootNamespace,
    namespace,
    workload,
}: TelemetrySources): AppliedBlock[] {
    const ofNamespace = (name: string): TelemetryObject[] =>
        telemetries
            .filter((telemetry) => telemetry.metadata.namespace === name && isReadBy(telemetry, revision))
            .sort(byAge);
    const wide = [...new Set([rootNamespace, namespace])].flatMap((name) =>
        ofNamespace(name).filter(isNamespaceWide).slice(0, 1),
    );
    const narrow = ofNamespace(namespace).filter(
        (telemetry) => !isNamespaceWide(telemetry) && workload !== undefined && isAttached(telemetry, workload.labels),
    );
    return [...wide, ...narrow].flatMap((telemetry) =>
        (telemetry.spec?.tracing ?? []).map((block, index) => ({ block, of: telemetry, index })),
    );
}

/** Whether a Telemetry with a selector or a target selects a workload of its own namespace. */
function isAttached(telemetry: TelemetryObject, labels: Record<string, string>): boolean {
    const gateway = labels[GATEWAY_NAME_LABEL];
    const targets = targetsOf(telemetry);
    if (targets.length > 0) return targets.some(({ kind, name }) => kind === "Gateway" && name === gateway);
    return hasLabels(labels, telemetry.spec?.selector?.matchLabels ?? {});
}
