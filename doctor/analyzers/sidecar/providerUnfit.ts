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
 * Built-in providers of every mesh, with their kinds. None accepts spans.
 *
 * Source: https://github.com/istio/istio/blob/release-1.31/pkg/config/mesh/mesh.go (DefaultMeshConfig)
 */
const BUILT_IN: Partial<Record<string, string>> = {
    prometheus: "prometheus",
    stackdriver: "stackdriver",
    envoy: "envoyFileAccessLog",
};

/**
 * A provider that is not in the mesh configuration, or that accepts no spans.
 *
 * @param block the block of the Telemetry that names it; undefined if the mesh configuration does.
 * @param fitting names of the mesh's providers that accept spans.
 */
export function providerUnfit(
    { provider, reason }: ProviderProblem,
    block: AppliedBlock | undefined,
    fitting: string[],
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const { mesh, discovery } = evidence;
    // Among several, the intended one is unknown.
    const commands = renameCommands(block, fitting.length === 1 ? fitting[0] : undefined, evidence);
    const resource =
        block === undefined ? `defaultProviders of ConfigMap ${configMapOf(mesh)}` : `Telemetry ${fullName(block.of)}`;
    const among = fitting.join(", ") || "it has none";
    if (reason === "takesNoTraces" || isBuiltIn(provider)) {
        return make({
            id: "provider-takes-no-traces",
            resource,
            expected: `a provider that accepts spans: ${among}`,
            got: `"${provider}" of the kind ${kindOf(evidence, provider)}, which Istio cannot use for tracing`,
            cure:
                fitting.length === 0
                    ? "Add a provider of the kind opentelemetry or zipkin under extensionProviders, and name it."
                    : "Name a provider that accepts spans. A provider for access logs or metrics belongs under " +
                      "accessLogging or metrics.",
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
        cure: "Use the same name in both. Istio does not report an unknown name.",
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
    // Of several, istiod uses the first.
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
