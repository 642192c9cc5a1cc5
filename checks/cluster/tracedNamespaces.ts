import type { Manifest } from "../../shared/kubernetes/manifest";
import {
    isMadeByPulumi,
    type ClusterObject,
    type PodObject,
    type WebhookObject,
} from "../../shared/kubernetes/objects";
import { INJECTION_LABEL, REVISION_LABEL } from "../../shared/names/istio";
import type { Finding } from "../finding";
import { checkOneTelemetry } from "../telemetry/consistency";
import { checkInjectionLabels } from "../workload/injection";
import { podsWithoutSidecar } from "../workload/sidecars";
import { checkPodSecurity } from "./namespaces";

/** A namespace of somebody else's that the program is to patch. */
export interface TracedNamespaceWanted {
    name: string;
    /** `enabled`, `none`, or the name of a revision. */
    injection: string;
    /** Name of the Telemetry that the program makes there; undefined for none. */
    telemetry: string | undefined;
}

/** Such a namespace as the cluster has it. */
export interface TracedNamespaceFound {
    namespace: ClusterObject | undefined;
    pods: PodObject[];
    telemetries: ClusterObject[];
}

const SHOWN = 5;

/**
 * Why a namespace of somebody else's cannot be traced as asked, or not yet.
 *
 * @param cni true when Istio's CNI plugin does the work of the init container.
 */
export function checkTracedNamespace(
    wanted: TracedNamespaceWanted,
    { namespace, pods, telemetries }: TracedNamespaceFound,
    cni: boolean,
): Finding[] {
    const { name, injection, telemetry } = wanted;
    const gone = namespace?.metadata.deletionTimestamp;
    if (namespace === undefined || gone !== undefined) {
        return [
            error("traced-namespace-exists", name, {
                expected: "a namespace that its owner has made, as namespaces says",
                got: gone === undefined ? "no such namespace" : `being deleted since ${gone}`,
                cure:
                    `Have it made (kubectl create namespace ${name}), or take it out of namespaces: ` +
                    `pulumi config rm --path namespaces.${name}`,
            }),
        ];
    }
    return [
        ...(injection === "none" ? [] : [...labelProblems(namespace, injection), ...checkPodSecurity(namespace, cni)]),
        ...(injection === "none" ? [] : uninjectedPods(labelled(namespace, injection), pods)),
        ...(telemetry === undefined
            ? []
            : checkOneTelemetry([
                  ...telemetries.filter(({ metadata }) => metadata.name !== telemetry).map(manifest("Telemetry")),
                  { kind: "Telemetry", metadata: { name: telemetry, namespace: name } },
              ])),
    ];
}

/** A revision that no injector of the cluster serves: its pods would come up without a sidecar and without a word. */
export function checkRevisionServed({ name, injection }: TracedNamespaceWanted, webhooks: WebhookObject[]): Finding[] {
    if (["enabled", "none", "default"].includes(injection)) return [];
    const served = webhooks.flatMap(
        ({ metadata: { labels } }) => labels?.["istio.io/tag"] ?? labels?.[REVISION_LABEL] ?? [],
    );
    if (served.includes(injection)) return [];
    return [
        error("traced-namespace-revision", name, {
            expected: `an injector of the revision or tag ${injection}, as namespaces says`,
            got: served.length === 0 ? "none" : `those of ${[...new Set(served)].join(", ")}`,
            cure: `Set namespaces.${name}.injection to enabled for this program's Istio, or correct the revision.`,
        }),
    ];
}

/** The namespace with the label that the program would give it. */
function labelled({ metadata }: ClusterObject, injection: string): ClusterObject {
    return { metadata: { ...metadata, labels: { ...metadata.labels, [keyOf(injection)]: injection } } };
}

function keyOf(injection: string): string {
    return injection === "enabled" ? INJECTION_LABEL : REVISION_LABEL;
}

function labelProblems({ metadata }: ClusterObject, injection: string): Finding[] {
    const { name, labels = {} } = metadata;
    const key = keyOf(injection);
    const theirs = Object.fromEntries(Object.entries(labels).filter(([label]) => !isLabelledByPulumi(metadata, label)));
    const taken = theirs[key];
    if (taken === undefined || taken === injection) {
        return checkInjectionLabels([
            manifest("Namespace")(labelled({ metadata: { ...metadata, labels: theirs } }, injection)),
        ]);
    }
    return [
        error("traced-namespace-labels", name, {
            expected: `the label ${key}=${injection}, or none`,
            got: `${key}=${taken}, which its owner has set: the update would fail`,
            cure:
                `Agree on it with the owner, who takes it off with kubectl label namespace ${name} ${key}-; or set ` +
                `namespaces.${name}.injection to none.`,
        }),
    ];
}

/** True when an apply of Pulumi's owns the label, so that another value of the setting changes it. */
function isLabelledByPulumi(metadata: ClusterObject["metadata"], label: string): boolean {
    return (metadata.managedFields ?? []).some(
        (entry) =>
            isMadeByPulumi({ metadata: { name: "", managedFields: [entry] } }) &&
            JSON.stringify(entry.fieldsV1 ?? {}).includes(`"f:${label}"`),
    );
}

/** Pods that came up before the label: nobody but their owner restarts them. */
function uninjectedPods(namespace: ClusterObject, pods: PodObject[]): Finding[] {
    const { name } = namespace.metadata;
    const without = podsWithoutSidecar(namespace, pods);
    if (without.length === 0) return [];
    const names = without.slice(0, SHOWN).map(({ metadata }) => metadata.name);
    const more = without.length > SHOWN ? ` and ${String(without.length - SHOWN)} more` : "";
    return [
        {
            id: "traced-namespace-sidecars",
            severity: "warning",
            resource: `Namespace ${name}`,
            expected: "a sidecar in every running pod that is to be traced",
            got: `none in ${names.join(", ")}${more}`,
            cure: `Once the label is there, have their owner restart them: kubectl rollout restart deployment -n ${name}`,
        },
    ];
}

/** An object as the rules over manifests read it; lists of the API leave out what kind their items are. */
function manifest(kind: string): (object: ClusterObject) => Manifest {
    return (object) => ({ apiVersion: "v1", ...object, kind });
}

function error(id: string, namespace: string, text: Pick<Finding, "expected" | "got" | "cure">): Finding {
    return { id, severity: "error", resource: `Namespace ${namespace}`, ...text };
}
