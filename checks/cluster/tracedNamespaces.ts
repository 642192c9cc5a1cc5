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

/** A namespace of another owner that the program patches. */
export interface TracedNamespaceWanted {
    name: string;
    /** `enabled`, `none`, or the name of a revision. */
    injection: string;
    /** Name of the Telemetry that the program creates there; undefined for none. */
    telemetry: string | undefined;
}

/** Such a namespace as the cluster contains it. */
export interface TracedNamespaceFound {
    namespace: ClusterObject | undefined;
    pods: PodObject[];
    telemetries: ClusterObject[];
}

const SHOWN = 5;

/**
 * Reports why a namespace of another owner cannot be traced as configured, or not yet.
 *
 * @param cni true if Istio's CNI plugin does the work of the init container.
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
                expected: "an existing namespace, which the setting namespaces lists",
                got: gone === undefined ? "no such namespace" : `one that has been terminating since ${gone}`,
                cure:
                    `Ask for it to be created (kubectl create namespace ${name}), or remove it from namespaces: ` +
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

/**
 * Reports a revision that no injector of the cluster serves. Its pods would silently start without a sidecar.
 *
 * @param own the revision of this program's Istio and its tags, which the next update brings.
 */
export function checkRevisionServed(
    { name, injection }: TracedNamespaceWanted,
    webhooks: WebhookObject[],
    own: readonly string[] = ["default"],
): Finding[] {
    if (["enabled", "none", ...own].includes(injection)) return [];
    const served = webhooks.flatMap(
        ({ metadata: { labels } }) => labels?.["istio.io/tag"] ?? labels?.[REVISION_LABEL] ?? [],
    );
    if (served.includes(injection)) return [];
    return [
        error("traced-namespace-revision", name, {
            expected: `an injector of the revision or tag ${injection}, which the setting namespaces names`,
            got: served.length === 0 ? "no injector" : `only injectors of ${[...new Set(served)].join(", ")}`,
            cure: `Set namespaces.${name}.injection to enabled to use the default revision, or correct it.`,
        }),
    ];
}

/** The namespace with the label that the program sets on it. */
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
            expected: `the label ${key}=${injection}, or no such label`,
            got: `${key}=${taken}, set by another owner, so the update would fail`,
            cure:
                `Ask the owner to remove the label (kubectl label namespace ${name} ${key}-), or set ` +
                `namespaces.${name}.injection to none.`,
        }),
    ];
}

/** True if a server-side apply by Pulumi owns the label, so that another value of the setting changes it. */
function isLabelledByPulumi(metadata: ClusterObject["metadata"], label: string): boolean {
    return (metadata.managedFields ?? []).some(
        (entry) =>
            isMadeByPulumi({ metadata: { name: "", managedFields: [entry] } }) &&
            JSON.stringify(entry.fieldsV1 ?? {}).includes(`"f:${label}"`),
    );
}

/** Reports pods that are older than the label. Only their owner can restart them. */
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
            expected: "a sidecar in every running pod to trace",
            got: `no sidecar in ${names.join(", ")}${more}`,
            cure: `After the update sets the label, ask the owner to restart the pods: kubectl rollout restart deployment -n ${name}`,
        },
    ];
}

/** The object as rules over manifests read it. Lists from the API omit the kind of their items. */
function manifest(kind: string): (object: ClusterObject) => Manifest {
    return (object) => ({ apiVersion: "v1", ...object, kind });
}

function error(id: string, namespace: string, text: Pick<Finding, "expected" | "got" | "cure">): Finding {
    return { id, severity: "error", resource: `Namespace ${namespace}`, ...text };
}
