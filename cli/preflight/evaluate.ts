import { checkCertificateReady, checkCertManager, checkTlsSecret } from "../../checks/cluster/certificate";
import { checkCollectorInCluster } from "../../checks/cluster/collectorAddress";
import {
    checkInjectable,
    checkNamespaceFree,
    checkPodSecurity,
    type PlannedNamespace,
} from "../../checks/cluster/namespaces";
import {
    checkNodeArchitecture,
    checkNodeResources,
    describe,
    requestedBy,
    usableByAny,
} from "../../checks/cluster/nodes";
import { checkSchedulable } from "../../checks/cluster/scheduling";
import { isMadeByPulumi, isOwnedBy, type ClusterObject, type NodeObject } from "../../shared/kubernetes/objects";
import { checkRelease } from "../../checks/cluster/helmReleases";
import { checkRights } from "../../checks/cluster/rights";
import { checkStorageClass } from "../../checks/cluster/storageClasses";
import {
    checkRevisionServed,
    checkTracedNamespace,
    type TracedNamespaceWanted,
} from "../../checks/cluster/tracedNamespaces";
import type { Finding } from "../../checks/finding";
import { checkDiscovered } from "../../checks/mesh/discoverySelectors";
import { formatAddress } from "../../components/collector";
import { GATEWAY_NAME } from "../../components/render/jaegerGateway";
import type { Settings } from "../../components/settings";
import { meshNamespaces } from "../../components/settings/discoverySelectors";
import { parseQuantity } from "../../shared/kubernetes/quantities";
import { at } from "../../shared/values/plainObjects";
import type { Fact } from "../../shared/cluster/facts";
import { entranceOutcomes } from "./entranceOutcomes";
import type { ClusterFacts } from "./facts";
import { cniOutcomes } from "./cniOutcomes";
import { judge, type Outcome } from "./outcome";
import { ownIstioOutcomes } from "./ownIstio";
import { podOutcomes } from "./podOutcomes";
import type { ProgramPlan } from "./program";

/** Runs every check on the facts. A check without its facts is skipped, with the reason. */
export function evaluate(facts: ClusterFacts, plan: ProgramPlan, settings: Settings): Outcome[] {
    const address = formatAddress(settings.collector);
    const update = isUpdate(facts, plan);
    const { istio, demo } = plan.namespaces;
    return [
        judge("rights", [facts.rights], ([answers]) => ({
            findings: checkRights(answers, "value" in facts.user ? facts.user.value : undefined),
            passed: "this user has every right that the program needs",
        })),
        ...(plan.installsIstio ? ownIstioOutcomes(facts, plan, settings, update) : []),
        judge("Helm releases", [facts.releases], ([revisions]) => ({
            findings: plan.releases.flatMap(({ name }) => checkRelease(revisions, name, isByPulumi(facts))),
            passed: "none left incomplete",
        })),
        namespaceOutcome(istio, facts.istioNamespace, update),
        ...(demo === undefined
            ? []
            : [
                  namespaceOutcome(demo, facts.demoNamespace, update),
                  judge("Pod Security", [facts.demoNamespace], ([namespace]) => ({
                      findings: [
                          ...checkPodSecurity(namespace, plan.cni !== undefined),
                          ...(demo.existing ? checkInjectable(namespace, plan.revisions) : []),
                      ],
                      passed: `nothing rejects sidecars in ${demo.name}`,
                  })),
              ]),
        ...cniOutcomes(facts, plan),
        // An existing mesh shows nothing about a gateway that is added to it.
        ...plan.further.map((planned) =>
            namespaceOutcome(planned, facts.further[planned.name] ?? { value: undefined }, hasUi(facts, plan)),
        ),
        ...plan.traced.flatMap((wanted) => tracedOutcomes(wanted, facts, plan, settings)),
        facts.collector === undefined
            ? {
                  check: "collector",
                  findings: [],
                  passed: `${address}, ${plan.ownCollector ? "the stack's own Jaeger" : "outside this cluster, not checked"}`,
              }
            : judge("collector", [facts.collector], ([found]) => ({
                  findings: checkCollectorInCluster({ ...settings.collector, ...found }),
                  passed: `${address} exists, accepts ${settings.collector.protocol} and is ready`,
              })),
        ...certificateOutcomes(facts, plan),
        ...entranceOutcomes(facts, plan),
        ...(facts.storageClasses === undefined
            ? []
            : [
                  judge("storage", [facts.storageClasses], ([classes]) => ({
                      findings: checkStorageClass(classes, plan.volume?.storageClass),
                      passed: `${plan.volume?.storageClass ?? "the default StorageClass"} can provide Jaeger's volume`,
                  })),
              ]),
        judge("nodes", [facts.nodes], ([nodes]) => ({
            findings: nodeFindings(nodes, plan),
            passed:
                `${String(usableByAny(nodes, plan.pods).length)} usable; the program requests ` +
                `${describe(requestedBy(plan.pods))} in all`,
        })),
        ...podOutcomes(facts, plan),
    ];
}

function nodeFindings(nodes: NodeObject[], { pods }: ProgramPlan): Finding[] {
    const misfits = checkSchedulable(nodes, pods);
    // That no node is of use is news only while nothing says why.
    const isReported = misfits.length > 0 && usableByAny(nodes, pods).length === 0;
    return [
        ...misfits,
        ...(isReported ? [] : checkNodeResources(nodes, pods, parseQuantity)),
        ...checkNodeArchitecture(nodes),
    ];
}

/** True if this program installed the UI's gateway here, possibly in imported namespaces. */
function hasUi({ releases }: ClusterFacts, plan: ProgramPlan): boolean {
    const gateway = plan.releases.find(({ name }) => name === GATEWAY_NAME);
    return "value" in releases && releases.value.some(({ name }) => name === gateway?.name);
}

function certificateOutcomes(facts: ClusterFacts, plan: ProgramPlan): Outcome[] {
    const { tlsSecret, certificate, certManager } = facts;
    const check = "certificate of the UI";
    const now = new Date();
    const wanted = plan.tlsSecret;
    return [
        ...(plan.certificate === undefined || certManager === undefined
            ? []
            : [
                  judge("cert-manager", [certManager], ([served]) => ({
                      findings: checkCertManager(plan.certificate?.install === true, served, madeByPulumi(facts, plan)),
                      passed: served ? "the cluster serves its API" : "none yet: the program installs it",
                  })),
              ]),
        ...(wanted === undefined || tlsSecret === undefined
            ? []
            : [
                  judge(check, [tlsSecret], ([secret]) => ({
                      findings: checkTlsSecret(wanted, secret, now),
                      passed: `Secret ${wanted.namespace}/${wanted.secretName} contains one for ${wanted.host}`,
                  })),
              ]),
        ...(certificate === undefined
            ? []
            : [
                  judge(check, [certificate], ([found]) => ({
                      findings: checkCertificateReady(found, now),
                      passed: found === undefined ? "none yet: cert-manager will issue it" : "ready",
                  })),
              ]),
    ];
}

/** True if Pulumi created cert-manager's namespace, so that cert-manager belongs to this program. */
function madeByPulumi({ further }: ClusterFacts, plan: ProgramPlan): boolean {
    return plan.further.some(({ name, setting }) => {
        const fact = further[name];
        if (setting !== "ui.tls.certManagerNamespace" || fact === undefined || !("value" in fact)) return false;
        return fact.value !== undefined && isMadeByPulumi(fact.value);
    });
}

/** True if this program's Istio is already installed here, so that its namespaces are expected. */
export function isUpdate(facts: ClusterFacts, plan: ProgramPlan): boolean {
    // The namespace of such an Istio may be that of another Pulumi program.
    if (!plan.installsIstio) return isByPulumi({ ...facts, istioNamespace: { value: undefined } });
    const istiods = "value" in facts.istiods ? facts.istiods.value : [];
    return istiods.some((istiod) => isOwnedBy(istiod, plan.istiod)) && isByPulumi(facts);
}

/** True if Pulumi created anything of this program here. */
function isByPulumi({ istioNamespace, demoNamespace, jaeger }: ClusterFacts): boolean {
    return [istioNamespace, demoNamespace, jaeger].some(
        (fact) => "value" in fact && fact.value !== undefined && isMadeByPulumi(fact.value),
    );
}

function namespaceOutcome(planned: PlannedNamespace, fact: Fact<ClusterObject | undefined>, update: boolean): Outcome {
    return judge(`namespace ${planned.name}`, [fact], ([namespace]) => ({
        findings: checkNamespaceFree(planned, namespace, update),
        passed:
            namespace === undefined
                ? "free"
                : planned.existing
                  ? "exists, and belongs to its owner"
                  : isMadeByPulumi(namespace)
                    ? "created by Pulumi"
                    : "exists, as expected for an update",
    }));
}

function tracedOutcomes(
    wanted: TracedNamespaceWanted,
    facts: ClusterFacts,
    plan: ProgramPlan,
    settings: Settings,
): Outcome[] {
    const found = facts.traced[wanted.name];
    if (found === undefined) return [];
    return [
        judge(`namespace ${wanted.name}`, [found, facts.webhooks], ([state, webhooks]) => ({
            findings: [
                ...checkTracedNamespace(wanted, state, plan.cni !== undefined),
                ...checkRevisionServed(wanted, webhooks, plan.revisions),
                ...(state.namespace === undefined ? [] : leftOut(state.namespace, settings)),
            ],
            passed: "exists, and is ready for tracing",
        })),
    ];
}

/** The finding for a namespace that istiod does not watch, with its labels and those that the program adds. */
function leftOut({ metadata: { name, labels } }: ClusterObject, settings: Settings): Finding[] {
    const planned = meshNamespaces(settings).find((namespace) => namespace.name === name);
    const selectors = at(settings.istio.values, "meshConfig", "discoverySelectors");
    return checkDiscovered(selectors, { name, labels: { ...labels, ...planned?.labels } });
}
