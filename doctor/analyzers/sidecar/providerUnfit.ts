import { findProvider } from "../../../checks/mesh/objects";
import { checkTelemetryProviders, telemetriesOf } from "../../../checks/telemetry/consistency";
import type { AppliedBlock } from "../../../checks/telemetry/appliedBlocks";
import type { ProviderProblem } from "../../../checks/telemetry/samplingDecision";
import type { Evidence } from "../../evidence";
import { toManifests, toMeshSource } from "../../inventory/manifests";
import { configMapOf, fullName } from "../../inventory/mesh";
import { patchCommand, type Command } from "../../remediation/commands";
import { meshConfigCommand } from "../../remediation/istioConfiguration";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";

const make = draftFor("sidecar");

/**
 * Providers that every mesh has without a word of its configuration, with their kinds; none takes spans.
 *
 * Source: https://github.com/istio/istio/blob/release-1.31/pkg/config/mesh/mesh.go (DefaultMeshConfig)
 */
const BUILT_IN: Partial<Record<string, string>> = {
    prometheus: "prometheus",
    stackdriver: "stackdriver",
    envoy: "envoyFileAccessLog",
};

/**
 * A provider that the mesh configuration lacks, or that takes no spans.
 *
 * @param block the block of the Telemetry that names it; undefined where the mesh configuration does.
 * @param fitting names of the mesh's providers that take spans.
 */
export function providerUnfit(
    { provider, reason }: ProviderProblem,
    block: AppliedBlock | undefined,
    fitting: string[],
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const { mesh, discovery } = evidence;
    // Among several nobody knows which was meant.
    const commands = renameCommands(block, fitting.length === 1 ? fitting[0] : undefined, evidence);
    const resource =
        block === undefined ? `defaultProviders of ConfigMap ${configMapOf(mesh)}` : `Telemetry ${fullName(block.of)}`;
    const among = fitting.join(", ") || "it has none";
    if (reason === "takesNoTraces" || isBuiltIn(provider)) {
        return make({
            id: "provider-takes-no-traces",
            resource,
            expected: `a provider that takes spans: ${among}`,
            got: `"${provider}", which is of the kind ${kindOf(evidence, provider)}: Istio traces nothing by it`,
            cure:
                fitting.length === 0
                    ? "Add a provider of the kind opentelemetry or zipkin under extensionProviders, and name that."
                    : "Name a provider that takes spans. One for access logs or metrics belongs below accessLogging or metrics.",
            ...{ commands, values },
        });
    }
    const rule = checkTelemetryProviders(telemetriesOf(toManifests(discovery)), [toMeshSource(mesh)]).find(
        ({ object }) =>
            block !== undefined &&
            object?.name === block.of.metadata.name &&
            object.namespace === block.of.metadata.namespace,
    );
    return make({
        id: "telemetry-provider-exists",
        resource,
        expected: `a tracing provider of the mesh configuration: ${among}`,
        got: block === undefined ? `defaultProviders names "${provider}"` : `"${provider}"`,
        cure: "Use the same name in both; Istio says nothing about one that it does not know.",
        ...rule,
        severity: "error",
        ...{ commands, values },
    });
}

function renameCommands(block: AppliedBlock | undefined, name: string | undefined, { mesh }: Evidence): Command[] {
    if (name === undefined) return [];
    if (block === undefined) {
        return [
            meshConfigCommand(mesh, (config) => ({
                ...config,
                defaultProviders: { ...config.defaultProviders, tracing: [name] },
            })),
        ];
    }
    // Of several, istiod takes the first.
    const path = `/spec/tracing/${String(block.index)}/providers/0/name`;
    return [patchCommand("telemetry", block.of, [{ op: "replace", path, value: name }])];
}

function isBuiltIn(name: string): boolean {
    return Object.hasOwn(BUILT_IN, name.toLowerCase());
}

function kindOf({ mesh }: Evidence, name: string): string {
    const fields = Object.keys(findProvider(mesh.config, name) ?? { [BUILT_IN[name.toLowerCase()] ?? ""]: {} });
    return fields.filter((field) => field !== "name").join(", ") || "none";
}
