import { findProvider, isNamespaceWide, isTracingProvider, type TelemetryObject } from "../../../checks/mesh/objects";
import { checkTelemetryInRoot, telemetriesOf } from "../../../checks/telemetry/consistency";
import { decidingBlock } from "../../../checks/telemetry/appliedBlocks";
import { describeDecision, type SamplingDecision } from "../../../checks/telemetry/samplingDecision";
import { findCollector, samplingOfPod, sourcesOf } from "../../inventory/collector";
import { decidingTelemetry } from "../../inventory/discovery";
import { itemsOf } from "../../../shared/cluster/facts";
import { isMadeByPulumi } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { toManifests, toMeshSource } from "../../inventory/manifests";
import { configMapOf, fullName } from "../../inventory/mesh";
import { nextSteps } from "../../nextSteps";
import type { DoctorFinding } from "../../segments";
import { meshConfigCure, telemetryCommands } from "../../remediation/istioConfiguration";
import { filtersOfTracing } from "./envoyFilters";
import { draftFor } from "../draft";
import { patchCommand } from "../../remediation/commands";
import { tracedOnOneSide } from "./oneSide";
import { judgeHost } from "../export/providerHost";
import { ofAnotherRevision, skippedTelemetry } from "./otherRevision";
import { providerUnfit } from "./providerUnfit";

const make = draftFor("sidecar");

/** Finds the object that is responsible for a sidecar with HTTP but without a tracer. */
export function notTracing(
    { pod }: SidecarEvidence,
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const { mesh, discovery, source } = evidence;
    const side = pod === source?.pod ? "client" : "server";
    const sampling = samplingOfPod(pod, mesh, discovery)[side];
    const resource = `Pod ${fullName(pod)}`;
    const all = { ...values, "decided by": describeDecision(sampling.decidedBy) };
    const unread = [discovery.meshConfigMaps, discovery.telemetries].find((fact) => "failure" in fact);
    const reason = unread !== undefined && "failure" in unread ? unread.failure.reason : mesh.unknown;
    if (reason !== undefined) {
        return make({
            id: "sidecar-not-tracing",
            resource,
            expected: "a tracer",
            got: "an HTTP connection manager without one",
            cure: `${nextSteps().grantRights}, so that it can find the cause: ${reason}.`,
            values,
        });
    }
    const skipped = skippedTelemetry(pod, evidence);
    if (skipped !== undefined) return ofAnotherRevision(skipped, evidence, all);
    const providers = (mesh.config.extensionProviders ?? []).filter(isTracingProvider).map(({ name }) => name);
    if (sampling.provider === undefined && providers.length === 0) {
        return make({
            id: "provider-missing",
            resource: `mesh configuration ${configMapOf(mesh)}`,
            expected: "an extension provider that accepts spans (opentelemetry or zipkin)",
            got: "none",
            cure: meshConfigCure(
                "Add one under extensionProviders, then a Telemetry in the root namespace that names it",
            ),
            values: all,
        });
    }
    const oneSided = sampling.provider === undefined ? tracedOnOneSide(pod, side, evidence, all) : undefined;
    if (oneSided !== undefined) return oneSided;
    if (sampling.provider === undefined) return telemetryMissing(evidence, providers[0] ?? "", all);
    const problem = "problem" in sampling.decidedBy ? sampling.decidedBy.problem : undefined;
    const mode = side === "client" ? "CLIENT" : "SERVER";
    const block = decidingBlock(sourcesOf(pod, mesh, discovery), mode, "providers");
    if (problem !== undefined) return providerUnfit(problem, block, providers, evidence, all);
    if (!sampling.reporting) return reportingOff(sampling.decidedBy, resource, evidence, all);
    const collector = findCollector(sampling.provider, mesh, discovery);
    const unknownHost = collector && judgeHost(evidence, collector, all);
    if (unknownHost !== undefined) return unknownHost;
    const filters = filtersOfTracing(pod, evidence).join(", ");
    return make({
        id: "sidecar-not-tracing",
        resource: filters === "" ? resource : filters,
        expected: `a tracer in ${resource}, which ${describeDecision(sampling.decidedBy)} enables`,
        got: `an HTTP connection manager without one${filters === "" ? "" : ", because of a patch that changes tracing or replaces the manager"}`,
        cure:
            filters === ""
                ? "istiod did not create a tracer from the configuration. Search its log for the provider's name."
                : `Remove the tracing fields, or the whole connection manager, from ${filters}.`,
        values: all,
    });
}

/** A provider that no Telemetry in the root namespace uses. */
function telemetryMissing(evidence: Evidence, provider: string, values: Record<string, string>): DoctorFinding {
    const { mesh, discovery } = evidence;
    const telemetries = itemsOf(discovery.telemetries);
    // A name from another namespace is used only if it is a provider of this mesh.
    const named = telemetries
        .filter(isNamespaceWide)
        .flatMap(({ spec }) => spec?.tracing ?? [])
        .flatMap(({ providers }) => providers ?? [])
        .map(({ name }) => findProvider(mesh.config, name))
        .find((found) => found !== undefined && isTracingProvider(found))?.name;
    const [rule] = checkTelemetryInRoot(telemetriesOf(toManifests(discovery)), [toMeshSource(mesh)]);
    return make({
        id: "telemetry-in-root-namespace",
        resource: `ConfigMap ${configMapOf(mesh)}`,
        expected: `a Telemetry in ${mesh.rootNamespace} that enables tracing`,
        got: "a Telemetry that names no provider",
        cure: "Name the provider in the Telemetry.",
        ...rule,
        severity: "error",
        commands: telemetryCommands(evidence, named ?? provider),
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
        got: `reporting turned off by ${describeDecision(decidedBy)}`,
        cure:
            of === undefined
                ? "Change that setting."
                : `Remove disableSpanReporting${isRateOfZero(of) ? " (stack setting: samplingPercent above 0)" : ""}.`,
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
                                  op: "replace",
                                  value: false,
                                  path: `/spec/tracing/${String(index)}/disableSpanReporting`,
                              })),
                      ),
                  ],
        values,
    });
}

/** True for a Telemetry of this program, which turns reporting off at a rate of 0. */
function isRateOfZero(telemetry: TelemetryObject): boolean {
    const blocks = telemetry.spec?.tracing ?? [];
    return isMadeByPulumi(telemetry) && blocks.some(({ randomSamplingPercentage }) => randomSamplingPercentage === 0);
}
