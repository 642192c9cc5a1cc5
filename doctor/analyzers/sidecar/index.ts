import { checkOtlpHttp } from "../../../checks/telemetry/tracingProviders";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import type { ListenerSummary, RefusedListener } from "../../evidence/envoyConfig";
import { RUNTIME_KEYS } from "../../evidence/runtime";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { tracesTheFormerWay } from "../../inventory/collector";
import { toProvider } from "../../inventory/manifests";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding, Judgement } from "../../segments";
import { draftFor } from "../draft";
import { judgeOverallSampling } from "./overallSampling";
import { unusableService } from "../export/serviceKind";
import { httpIncomplete } from "../export/otlpHttp";
import { clusterMissing } from "../export/visibility";
import { isEveryProbeComplete } from "../propagation";
import { liveOfListener, routeOf, runtimeOf } from "../sampling/live";
import { detectedAsTcp } from "./detected";
import { filtersRefused } from "./envoyFilters";
import { chainOf } from "./filterChain";
import { doubtfulText, refusedText } from "./meshText";
import { notTracing } from "./notTracing";
import { textRefused } from "./refusedTexts";
import { targetHidden } from "./targetHidden";
import { takenForTcp } from "./protocol";
import { outdatedProxies } from "./outdated";
import { tracesElsewhere } from "./tracesElsewhere";

/** Whether the sidecars of the path are configured to trace requests. */
export function judgeSidecar(evidence: Evidence): Judgement {
    const sidecars = [evidence.source, ...evidence.targets].filter((sidecar) => sidecar !== undefined);
    const values: Record<string, string> = {};
    const findings: DoctorFinding[] = [];
    const refused = refusedText(evidence);
    if (refused !== undefined && !isEveryProbeComplete(evidence)) findings.push(refused);
    let blind = 0;
    for (const sidecar of sidecars) {
        const name = `Pod ${fullName(sidecar.pod)}`;
        if ("failure" in sidecar.listeners) {
            values[name] = `not read: ${sidecar.listeners.failure.reason}`;
            blind++;
            continue;
        }
        const chain = chainOf(sidecar, sidecar.listeners.value.chains, evidence);
        const former = tracesTheFormerWay(sidecar.pod, evidence.mesh, evidence.discovery);
        values[name] = describeChain(chain, former) + describeRoute(sidecar, evidence) + describeRuntime(sidecar);
        const [rejected] = sidecar.listeners.value.rejected;
        const hidden = chain === undefined && sidecar === evidence.source ? targetHidden(evidence, values) : undefined;
        const detected =
            sidecar === evidence.source
                ? undefined
                : detectedAsTcp(sidecar, sidecar.listeners.value.chains, evidence, values);
        // Without a listener for the port, it is unknown what happens to its requests.
        if (chain === undefined) blind++;
        if (hidden !== undefined) findings.push(hidden);
        else if (rejected !== undefined) findings.push(rejectedConfig(sidecar.pod, rejected, evidence, values));
        else if (detected !== undefined) findings.push(detected);
        else if (chain?.kind === "tcp") findings.push(takenForTcp(sidecar, evidence, values));
        else if (chain?.kind === "http" && chain.tracing === undefined && !former) {
            // A rejected configuration does not show what istiod uses.
            if (refused === undefined) findings.push(notTracing(sidecar, evidence, values));
        } else if (chain?.tracing !== undefined)
            findings.push(
                ...judgeOverallSampling(sidecar, chain.tracing, evidence, values),
                ...tracesElsewhere(sidecar, chain.tracing, evidence, values),
            );
    }
    const unread = evidence.path.targets.length - evidence.targets.length;
    if (unread > 0) values["pods behind the Service that were not examined"] = String(unread);
    const state = findings.length > 0 ? "broken" : blind > 0 ? "unknown" : "ok";
    // The former configuration still works.
    const doubts: DoctorFinding[] =
        refused === undefined || findings.includes(refused) ? [] : [{ ...refused, severity: "warning" }];
    const further = [...doubts, ...doubtfulText(evidence), ...outdatedProxies(evidence)];
    return { state, values, findings: [...unique(findings), ...further] };
}

function describeChain(chain: ListenerSummary | undefined, former: boolean): string {
    if (chain === undefined) return "no listener for this port";
    if (chain.kind === "tcp") return `${chain.listener}: treats the port as TCP`;
    if (chain.tracing === undefined)
        return `${chain.listener}: HTTP ${former ? "with the tracer from its start (tracing.zipkin)" : "without a tracer"}`;
    const { tracer, cluster, randomSampling, overallSampling = 100 } = chain.tracing;
    const capped = overallSampling < 100 ? `, overall_sampling ${String(overallSampling)} %` : "";
    return `${chain.listener}: ${tracer} to ${cluster}, random_sampling ${String(randomSampling ?? 100)} %${capped}`;
}

/** The rate of the route, if it has its own, which replaces the listener's. */
function describeRoute(sidecar: SidecarEvidence, evidence: Evidence): string {
    const route = routeOf(sidecar, evidence);
    return route === undefined
        ? ""
        : `, replaced by ${String(liveOfListener(route).percent)} % of the route ${route.route}`;
}

/** The values of its runtime that override what the listener says. */
function describeRuntime(sidecar: SidecarEvidence): string {
    const known = Object.entries(runtimeOf(sidecar)).filter(([key]) =>
        Object.values<string>(RUNTIME_KEYS).includes(key),
    );
    return known.map(([key, { value }]) => `, overridden by ${key} ${value} of the runtime`).join("");
}

function rejectedConfig(
    pod: PodObject,
    refused: RefusedListener,
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const { collector, mesh } = evidence;
    const { listener, details } = refused;
    const provider = collector && toProvider(mesh, collector.provider);
    const [incomplete] = provider === undefined ? [] : checkOtlpHttp(provider);
    const alias = collector && unusableService(evidence, collector, values);
    const got = listener === undefined ? details : `${listener}: ${details}`;
    const all = { ...values, "rejected by Envoy": got };
    if (collector !== undefined && incomplete !== undefined) {
        return httpIncomplete("sidecar", incomplete, evidence, collector, all);
    }
    // For Zipkin, Envoy requires the cluster, which istiod does not build for type ExternalName.
    if (alias?.id === "collector-external-name") {
        const both = `${got}: ${alias.resource} is ${alias.got}`;
        return draftFor("sidecar")({ ...alias, id: "proxy-rejects-config", got: both, values: all });
    }
    if (collector !== undefined && refused.clusters.includes(collector.cluster)) {
        const missing = clusterMissing({ pod, cluster: collector.cluster }, evidence, collector, all);
        const both = `${got}: ${missing.got}`;
        return draftFor("sidecar")({ ...missing, commands: missing.steps, id: "proxy-rejects-config", got: both });
    }
    const cause = textRefused(pod, refused, evidence);
    if (cause !== undefined)
        return draftFor("sidecar")({ ...cause, got: `${cause.got}; Envoy says of ${got}`, values: all });
    const filters = filtersRefused(pod, refused, evidence);
    const name = `Pod ${fullName(pod)}`;
    return draftFor("sidecar")({
        id: "proxy-rejects-config",
        resource: filters.length === 0 ? name : filters.join(", "),
        expected: "a proxy that accepts istiod's configuration",
        got: filters.length === 0 ? got : `${name} rejects its patch of ${got}`,
        cure:
            filters.length === 0
                ? UNEXPLAINED
                : `Correct ${filters.length === 1 ? "that patch" : "the patch that Envoy's error names"}, or remove it. Until then, the sidecar keeps its former configuration, and new pods do not start.`,
        values: all,
    });
}

const UNEXPLAINED =
    "No provider, Telemetry or EnvoyFilter that the doctor reads explains this. Find the last change among the " +
    "objects that istiod turns into listeners (mesh configuration, Telemetry, EnvoyFilter, WasmPlugin, Gateway), and " +
    "undo that. If istiod is newer than the sidecar, restart the workload. Until then, the sidecar keeps its former " +
    "configuration, and new pods do not start.";

/** The same fault in several sidecars is one finding. */
function unique(findings: DoctorFinding[]): DoctorFinding[] {
    return findings.filter(({ id }, index) => findings.findIndex((other) => other.id === id) === index);
}
