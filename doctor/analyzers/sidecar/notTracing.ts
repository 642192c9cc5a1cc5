import { findProvider, isNamespaceWide, isTracingProvider } from "../../../checks/mesh/objects";
import { checkTelemetryInRoot, checkTelemetryProviders, telemetriesOf } from "../../../checks/telemetry/consistency";
import { describeDecision, type SamplingDecision } from "../../../checks/telemetry/samplingDecision";
import { itemsOf } from "../../../shared/cluster/facts";
import type { Evidence } from "../../evidence";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { findCollector, samplingOfPod } from "../../inventory/collector";
import { decidingTelemetry } from "../../inventory/discovery";
import { toManifests, toMeshSource } from "../../inventory/manifests";
import { configMapOf, fullName } from "../../inventory/mesh";
import { patchCommand } from "../../remediation/commands";
import { meshConfigCure, telemetryCommand } from "../../remediation/istioConfiguration";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { judgeHost } from "../export/providerHost";
import { filtersOfTracing } from "./envoyFilters";

const make = draftFor("sidecar");

/** A sidecar that speaks HTTP and has no tracer: which object is to blame. */
export function notTracing(
    { pod }: SidecarEvidence,
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const { mesh, discovery, source } = evidence;
    const sampling = samplingOfPod(pod, mesh, discovery)[pod === source?.pod ? "client" : "server"];
    const resource = `Pod ${fullName(pod)}`;
    const all = { ...values, "decided by": describeDecision(sampling.decidedBy) };
    const unread = [discovery.meshConfigMaps, discovery.telemetries].find((fact) => "failure" in fact);
    if (unread !== undefined && "failure" in unread) {
        return make({
            id: "sidecar-not-tracing",
            resource,
            expected: "a tracer",
            got: "an HTTP connection manager without one",
            cure: `Give the doctor the rights of --print-rbac, so that it can see why: ${unread.failure.reason}.`,
            values,
        });
    }
    const providers = (mesh.config.extensionProviders ?? []).filter(isTracingProvider).map(({ name }) => name);
    if (sampling.provider === undefined && providers.length === 0) {
        return make({
            id: "provider-missing",
            resource: `mesh configuration ${configMapOf(mesh)}`,
            expected: "an extension provider that takes spans (opentelemetry or zipkin)",
            got: "none",
            cure: meshConfigCure(
                "Add one under extensionProviders, then a Telemetry in the root namespace that names it",
            ),
            values: all,
        });
    }
    if (sampling.provider === undefined) return telemetryMissing(evidence, providers[0] ?? "", all);
    if (findProvider(mesh.config, sampling.provider) === undefined) {
        return providerUnknown(sampling.provider, providers, evidence, all);
    }
    if (!sampling.reporting) return reportingOff(sampling.decidedBy, resource, evidence, all);
    const collector = findCollector(sampling.provider, mesh, discovery);
    const unknownHost = collector && judgeHost(evidence, collector, all);
    if (unknownHost !== undefined) return unknownHost;
    const [filter] = filtersOfTracing(pod, evidence);
    return make({
        id: "sidecar-not-tracing",
        resource,
        expected: `a tracer, as ${describeDecision(sampling.decidedBy)} asks for`,
        got: `an HTTP connection manager without one${filter === undefined ? "" : `; ${filter} changes tracing`}`,
        cure:
            filter === undefined
                ? "istiod did not turn the configuration into a tracer: look at its log for the provider's name."
                : `Take what concerns tracing out of ${filter}.`,
        values: all,
    });
}

/** A provider and no Telemetry that uses it in the root namespace. */
function telemetryMissing(evidence: Evidence, provider: string, values: Record<string, string>): DoctorFinding {
    const { mesh, discovery } = evidence;
    const telemetries = itemsOf(discovery.telemetries);
    const named = telemetries
        .filter(isNamespaceWide)
        .flatMap(({ spec }) => spec?.tracing ?? [])
        .flatMap(({ providers }) => providers ?? [])[0]?.name;
    const [rule] = checkTelemetryInRoot(telemetriesOf(toManifests(discovery)), [toMeshSource(mesh)]);
    return make({
        id: "telemetry-in-root-namespace",
        resource: `ConfigMap ${configMapOf(mesh)}`,
        expected: `a Telemetry in ${mesh.rootNamespace} that switches tracing on`,
        got: "one that names no provider",
        cure: "Name the provider in it.",
        ...rule,
        severity: "error",
        commands: [telemetryCommand(evidence, named ?? provider)],
        values,
    });
}

function providerUnknown(
    name: string,
    providers: string[],
    { mesh, discovery }: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const [right] = providers;
    const telemetry = itemsOf(discovery.telemetries).find(({ spec }) =>
        (spec?.tracing ?? []).some((block) => (block.providers ?? []).some((provider) => provider.name === name)),
    );
    const blocks = telemetry?.spec?.tracing ?? [];
    const index = blocks.findIndex((block) => (block.providers ?? []).some((provider) => provider.name === name));
    const which = blocks[index]?.providers?.findIndex((provider) => provider.name === name) ?? 0;
    const path = `/spec/tracing/${String(index)}/providers/${String(which)}/name`;
    const rule = checkTelemetryProviders(telemetriesOf(toManifests(discovery)), [toMeshSource(mesh)]).find(
        ({ object }) =>
            object?.name === telemetry?.metadata.name && object?.namespace === telemetry?.metadata.namespace,
    );
    return make({
        id: "telemetry-provider-exists",
        resource: `ConfigMap ${configMapOf(mesh)}`,
        expected: `a tracing provider of the mesh configuration: ${providers.join(", ") || "it has none"}`,
        got: `defaultProviders names "${name}"`,
        cure: "Use the same name in both; Istio says nothing about one that it does not know.",
        ...rule,
        severity: "error",
        commands:
            right === undefined || telemetry === undefined
                ? []
                : [patchCommand("telemetry", telemetry, [{ op: "replace", path, value: right }])],
        values,
    });
}

function reportingOff(
    decidedBy: SamplingDecision,
    resource: string,
    { discovery }: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const isSwitch = decidedBy.source === "telemetry" && decidedBy.field === "disableSpanReporting";
    const of = isSwitch ? decidingTelemetry(decidedBy, discovery) : undefined;
    const blocks = of?.spec?.tracing ?? [];
    return make({
        id: "reporting-disabled",
        resource: of === undefined ? resource : `Telemetry ${fullName(of)}`,
        expected: "spans to be reported",
        got: `reporting switched off by ${describeDecision(decidedBy)}`,
        cure:
            of === undefined
                ? "Change that setting."
                : "Take disableSpanReporting out (stack setting: samplingPercent above 0).",
        commands:
            of === undefined
                ? []
                : [
                      patchCommand(
                          "telemetry",
                          of,
                          [...blocks.keys()]
                              .filter((index) => blocks[index]?.disableSpanReporting === true)
                              .map((index) => ({
                                  ...{ op: "replace", value: false },
                                  path: `/spec/tracing/${String(index)}/disableSpanReporting`,
                              })),
                      ),
                  ],
        values,
    });
}
