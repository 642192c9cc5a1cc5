import { describeDecision } from "../../checks/telemetry/samplingDecision";
import { itemsOf } from "../../shared/cluster/facts";
import type { Evidence } from "../evidence";
import { RUNTIME_KEYS } from "../evidence/runtime";
import { fullName, sidecarOf } from "../inventory/mesh";
import type { DoctorFinding } from "../segments";
import { workloadOf } from "../inventory/workload";
import { runtimeOf } from "./sampling/live";
import { overriddenRate } from "./sampling/runtime";
import { redirectionMissing } from "./sidecar/redirection";
import { missingSidecar } from "./sidecar/injection";
import { formatCommand, type Command } from "../remediation/commands";
import { draftFor } from "./draft";
import type { Inventory } from "../inventory";
import { enumerate, NAMES } from "../enumerate";
import { groupBy } from "../../shared/values/groupBy";

/** Findings outside the path: pods without their sidecar, rates that are not live, and a rate that decides nothing. */
export function judgeInventory(inventory: Inventory, evidence: Evidence): DoctorFinding[] {
    return [
        ...missingSidecars(inventory, evidence),
        ...redirectionMissing(evidence.discovery),
        ...missingProviders(inventory, evidence),
        ...notLive(inventory, evidence),
        ...decidedElsewhere(evidence),
    ];
}

/** Pods that are older than their namespace's label. Another finding covers those of the path. */
function missingSidecars({ namespaces }: Inventory, evidence: Evidence): DoctorFinding[] {
    const { discovery, path } = evidence;
    const onPath = [path.source, ...path.targets].map(fullName);
    return namespaces
        .filter(({ pods }) => pods.missing.length > 0)
        .flatMap(({ namespace, injection, pods: { running, missing: names } }) => {
            const missing = itemsOf(discovery.pods).filter(
                (pod) =>
                    pod.metadata.namespace === namespace &&
                    names.includes(pod.metadata.name) &&
                    !onPath.includes(fullName(pod)),
            );
            const workloads = groupBy(missing, workloadOf);
            const [first, ...others] = [...workloads.values()]
                .flatMap(([pod]) => pod ?? [])
                .slice(0, NAMES)
                .map((pod) => missingSidecar(pod, evidence, {}));
            if (first === undefined) return [];
            return [
                draftFor("entry")({
                    id: "sidecars-missing",
                    severity: "warning",
                    resource: `Namespace ${namespace}`,
                    expected: `a sidecar in every running pod, because of ${injection}`,
                    got: `no sidecar in ${String(missing.length)} of ${String(running)} pods, of ${enumerate([...workloads.keys()])}`,
                    cure: `${first.cure} If pods must not have a sidecar, set their label sidecar.istio.io/inject: "false".`,
                    commands: distinct([first, ...others].flatMap(({ commands = [] }) => commands)),
                    values: {},
                }),
            ];
        });
}

function distinct(commands: Command[]): Command[] {
    return [...new Map(commands.map((command) => [formatCommand(command), command])).values()];
}

/**
 * Control planes without a provider that a Telemetry names. Every istiod reads all Telemetries, but has its own
 * providers.
 */
function missingProviders({ namespaces, controlPlanes }: Inventory, { sampling }: Evidence): DoctorFinding[] {
    // Another finding covers the path's control plane.
    if (!sampling.source.client.reporting) return [];
    return controlPlanes.flatMap(({ revision, configMap, providers }) => {
        const known = providers.map(({ name }) => name);
        const lacking = namespaces.flatMap(({ namespace, revision: own, pods, sampling: { client } }) => {
            const { provider, reporting, decidedBy } = client;
            if (decidedBy.source === "telemetry" && decidedBy.field === "disableSpanReporting") return [];
            if (own !== revision || pods.injected === 0 || reporting || provider === undefined) return [];
            return known.some((name) => name.toLowerCase() === provider.toLowerCase()) ? [] : [{ namespace, client }];
        });
        const [first] = lacking;
        if (first === undefined) return [];
        const names = lacking.map(({ namespace }) => namespace);
        return [
            draftFor("sidecar")({
                id: "telemetry-provider-exists",
                severity: "warning",
                resource: `ConfigMap ${configMap}`,
                expected: `the provider ${first.client.provider ?? ""} under extensionProviders, which a Telemetry names`,
                got:
                    `${known.length === 0 ? "none" : known.join(", ")}, so no sidecar of this control plane reports ` +
                    `a span in ${enumerate(names)}`,
                cure: `Also add the provider to the mesh configuration of the revision ${revision}, in the source that its installer uses.`,
                values: {},
            }),
        ];
    });
}

/** Rates of workloads other than the source, which the measurement covers. */
function notLive({ live }: Inventory, evidence: Evidence): DoctorFinding[] {
    const { path, discovery, targets } = evidence;
    const pods = itemsOf((evidence.cluster ?? discovery).pods);
    return live
        .filter(({ pod }) => pod !== fullName(path.source))
        .filter(({ configuredPercent, drawnPercent }) => Math.abs(configuredPercent - drawnPercent) > 0.005)
        .map(({ pod, configuredPercent, decidedBy, drawnPercent, overriddenBy = [] }) => {
            const object = pods.find((one) => fullName(one) === pod);
            if (object !== undefined && overriddenBy.includes(RUNTIME_KEYS.random)) {
                const read = targets.find((target) => target.pod === object) ?? { pod: object };
                const draft = overriddenRate(object, { configuredPercent, decidedBy }, runtimeOf(read), evidence);
                return draftFor("sampling")({ ...draft, severity: "warning" });
            }
            return draftFor("sampling")({
                id: "sampling-not-live",
                severity: "warning",
                resource: `Pod ${pod}`,
                expected: `random_sampling ${String(configuredPercent)} in the sidecar, which ${describeDecision(decidedBy)} decides`,
                got: String(drawnPercent),
                cure: "Check whether the sidecar still receives updates (istioctl proxy-status), and whether an EnvoyFilter changes its tracing.",
                values: {},
            });
        });
}

/**
 * The first sidecar decides for the whole trace, so the rate of the target's namespace applies to none of these
 * requests.
 */
function decidedElsewhere({ sampling: { source, target }, path }: Evidence): DoctorFinding[] {
    const [first, own] = [source.client, target?.server];
    if (own === undefined || !first.reporting || !own.reporting || first.percent === own.percent) return [];
    const [entry, [pod]] = [path.source, path.targets];
    if (pod === undefined || sidecarOf(pod) === undefined) return [];
    return [
        draftFor("sampling")({
            id: "sampling-decided-at-entry",
            severity: "info",
            resource: `workload of Pod ${fullName(pod)}`,
            expected: "a rate where traces begin, because the first sidecar or gateway decides for the whole trace",
            got:
                `${String(own.percent)} percent (${describeDecision(own.decidedBy)}), which applies to no request of Pod ${fullName(entry)}: ` +
                `that pod decides with ${String(first.percent)} percent (${describeDecision(first.decidedBy)})`,
            cure: "To use another rate for these requests, set it for the workload or the gateway that sends them.",
            values: {},
        }),
    ];
}
