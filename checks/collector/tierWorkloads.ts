import { isKind, nameOf, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import { secondsOf } from "../../shared/values/duration";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, listAt, textAt } from "../../shared/values/plainObjects";
import { missingVerbs } from "../cluster/grants";
import type { Finding } from "../finding";
import { isInjected, namespacesOf } from "../workload/injection";
import { podTemplateOf, type PodTemplate } from "../workload/podTemplates";
import { collectorConfigsOf, type CollectorConfig } from "./configuration";
import { operatedPodsOf } from "./operatedPods";
import { tailSamplersOf } from "./tailSamplingPolicies";
import { balancersOf, checkRoutingKey } from "./tierRouting";

/** A workload, or the operator's object for one, with the Collector configurations that its pods mount. */
interface TierWorkload {
    pods: PodTemplate;
    workload: Manifest;
    configs: CollectorConfig[];
}

/** Kubernetes' own grace period and the processor's own wait, in seconds. */
const USUAL_GRACE = 30;
const USUAL_WAIT = "30s";

const VERBS = ["get", "list", "watch"];

/**
 * Reports tiers of OpenTelemetry Collectors that decide about parts of traces, trace themselves, end before they have
 * decided, or may not look for their samplers.
 */
export function checkTierWorkloads(objects: Manifest[], parseYaml: ParseYaml): Finding[] {
    const configs = objects.flatMap((object) =>
        collectorConfigsOf(object, parseYaml).map((one) => [object, one] as const),
    );
    const workloads = objects.flatMap((workload): TierWorkload[] => {
        const pods = podTemplateOf(workload) ?? operatedPodsOf(workload);
        const mounted = configs
            .filter(([object]) => pods !== undefined && (object === workload || mounts(pods, object)))
            .map(([, one]) => one);
        return pods === undefined || mounted.length === 0 ? [] : [{ pods, workload, configs: mounted }];
    });
    const balances = configs.some(([, one]) => balancersOf(one).length > 0);
    const namespaces = namespacesOf(objects);
    return [
        ...apartByKey(configs.map(([, one]) => one)),
        ...configs.flatMap(([object, one]) => splitBesidePods(object, one)),
        ...workloads.flatMap((tier) => [
            ...(balances ? [] : splitTraces(tier, objects)),
            ...shortGrace(tier),
            ...selfTraced(tier, namespaces.get(namespaceOf(tier.workload))),
            ...lackingRights(tier, objects),
        ]),
    ];
}

function mounts({ spec, namespace }: PodTemplate, object: Manifest): boolean {
    if (!isKind(object, "ConfigMap", "") || namespaceOf(object) !== (namespace ?? "")) return false;
    return listAt(spec, "volumes").some((volume) => textAt(volume, "configMap", "name") === nameOf(object));
}

/** Balancers that all choose by something else than the trace, before Collectors that decide about whole traces. */
function apartByKey(configs: CollectorConfig[]): Finding[] {
    if (!configs.some((one) => tailSamplersOf(one).length > 0)) return [];
    const balancers = configs.flatMap((one) =>
        balancersOf(one).map(([name, settings]) => checkRoutingKey(one.subject, name, settings)),
    );
    // Another one may be for metrics from spans.
    return balancers.some((findings) => findings.length === 0) ? [] : balancers.flat();
}

function splitTraces({ pods, workload, configs }: TierWorkload, objects: Manifest[]): Finding[] {
    const several = severalPods(workload, objects);
    if (!configs.some((one) => tailSamplersOf(one).length > 0) || several === undefined) return [];
    const { resource, object } = pods;
    return [
        {
            ...{ id: "tail-sampling-split", severity: "error", resource, object },
            expected:
                "one replica, or a tier before it with the load_balancing exporter, which sends all spans of a trace to one",
            got:
                `tail_sampling in ${several}, and no load_balancing exporter: each decides about whichever spans it ` +
                "gets",
            cure: "Set replicas to 1, or put Collectors with load_balancing (routing_key: traceID) in front.",
        },
    ];
}

/** A Collector that the operator adds to pods of others: no load balancing brings the spans of other pods there. */
function splitBesidePods(object: Manifest, config: CollectorConfig): Finding[] {
    const isBeside =
        isKind(object, "OpenTelemetryCollector", "opentelemetry.io") && textAt(object, "spec", "mode") === "sidecar";
    if (!isBeside || tailSamplersOf(config).length === 0) return [];
    return [
        {
            ...{ id: "tail-sampling-split", severity: "error", ...config.subject },
            expected: "tail_sampling in separate Collectors, to which the Collectors in pods send",
            got:
                "tail_sampling in the mode sidecar: a Collector in each pod that requests it, which decides only " +
                "about the spans of that pod",
            cure:
                "Move tail_sampling to an OpenTelemetryCollector of the mode statefulset, and make this one send to " +
                "it.",
        },
    ];
}

/** How a workload has more than one pod, for people; undefined for one pod. */
function severalPods(workload: Manifest, objects: Manifest[]): string | undefined {
    if (isKind(workload, "DaemonSet", "apps") || textAt(workload, "spec", "mode") === "daemonset")
        return "one pod on each node";
    const scaled = objects.some(
        (object) =>
            isKind(object, "HorizontalPodAutoscaler", "autoscaling") &&
            namespaceOf(object) === namespaceOf(workload) &&
            textAt(object, "spec", "scaleTargetRef", "name") === nameOf(workload) &&
            Number(at(object, "spec", "maxReplicas") ?? 1) > 1,
    );
    // The operator's object has an autoscaler of its own.
    if (scaled || Number(at(workload, "spec", "autoscaler", "maxReplicas") ?? 1) > 1) return "an autoscaled workload";
    const replicas = Number(at(workload, "spec", "replicas") ?? 1);
    return replicas > 1 ? `${String(replicas)} replicas` : undefined;
}

function shortGrace({ pods, configs }: TierWorkload): Finding[] {
    const grace = Number(pods.spec["terminationGracePeriodSeconds"] ?? USUAL_GRACE);
    const waits = configs
        .flatMap(tailSamplersOf)
        .map(([, settings]) => textAt(settings, "decision_wait") ?? USUAL_WAIT);
    const longest = Math.max(0, ...waits.map(secondsOf));
    if (longest === 0 || grace > longest) return [];
    const { resource, object } = pods;
    return [
        {
            ...{ id: "tail-sampling-grace", severity: "warning", resource, object },
            expected: `a terminationGracePeriodSeconds above decision_wait, ${String(longest)} s`,
            got: `${String(grace)} s`,
            cure:
                "Raise terminationGracePeriodSeconds, so that a terminating pod can decide about its traces and send " +
                "them.",
        },
    ];
}

function selfTraced({ pods, configs }: TierWorkload, namespace: Manifest | undefined): Finding[] {
    const isTier = configs.some((one) => tailSamplersOf(one).length > 0 || balancersOf(one).length > 0);
    if (!isTier || isInjected(pods, namespace) !== true) return [];
    const { resource, object } = pods;
    return [
        {
            ...{ id: "collector-traces-itself", severity: "warning", resource, object },
            expected: 'pods outside of the mesh, with the label sidecar.istio.io/inject: "false"',
            got:
                "pods with a sidecar, which traces the calls that deliver spans to the pods, and thus creates more " +
                "spans",
            cure: 'Set the label sidecar.istio.io/inject to "false" on the pods, or disable reporting for them with a Telemetry.',
        },
    ];
}

/** Rights that the resolver `k8s` needs, in the namespace of its Service. */
function lackingRights({ pods, workload, configs }: TierWorkload, objects: Manifest[]): Finding[] {
    const services = configs
        .flatMap(balancersOf)
        .flatMap(([, settings]) => textAt(settings, "resolver", "k8s", "service") ?? []);
    const account = textAt(pods.spec, "serviceAccountName") ?? "default";
    const missing = services.filter((service) => {
        const namespace = service.split(".")[1] ?? namespaceOf(workload);
        const right = { apiGroup: "discovery.k8s.io", resource: "endpointslices", verbs: VERBS, namespace };
        return missingVerbs(objects, { name: account, namespace: namespaceOf(workload) }, right).length > 0;
    });
    const { resource, object } = pods;
    return missing.slice(0, 1).map((service) => ({
        ...{ id: "load-balancing-rights", severity: "error" as const, resource, object, missingKind: "RoleBinding" },
        expected: `the service account ${account} with ${VERBS.join(", ")} on endpointslices of discovery.k8s.io, where ${service} is`,
        got: 'no such right among the objects; the exporter then finds no endpoint (couldn\'t find the exporter for the endpoint "")',
        cure: "Add a Role with that rule and a RoleBinding to the service account, or use the resolver dns, which needs no rights.",
    }));
}
