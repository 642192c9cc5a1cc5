import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import type { EngineEvent, Operation } from "../../../lab/engine";
import { labStackConfig } from "../../../lab/program";
import type { ProgramResult } from "../../../lab/programResult";
import { mapAt, omit } from "../../../shared/values/plainObjects";
import { shell } from "../doctor/examine";
import { forgetProgram, kubectl, program, sharedLab } from "../support/sharedLab";

/** The provider of the meshes in these tests. */
export const PROVIDER = {
    name: "jaeger",
    opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
};

/** What lab/overlay.yaml sets for an Istio of the program, as values of Istio's chart. */
export const LAB_VALUES = {
    global: { imagePullPolicy: "Never", hub: "docker.io/istio", tag: "1.31.1" },
    telemetry: { enabled: false },
    autoscaleEnabled: false,
    env: { PILOT_ENABLE_ALPN_FILTER: "false", PILOT_ENABLE_METADATA_EXCHANGE: "false" },
    resources: { requests: { memory: "128Mi" } },
};

/** A lab without any Istio. */
export async function labWithoutIstio(): Promise<Cluster> {
    const lab = await sharedLab();
    assert.equal((await program(lab, "destroy")).failed, undefined);
    forgetProgram();
    removeIstio(lab);
    return lab;
}

/** Installs Istio as a team would with Helm, from the lab's charts. */
export function helmInstall(lab: Cluster, release: string, chart: string, values: object): void {
    const file = join(lab.identity.stateDir, `${release}-values.json`);
    writeFileSync(file, JSON.stringify(values));
    const folder = join(lab.artifacts.chartsDir, chart);
    shell(
        lab,
        `helm upgrade --install ${release} ${folder} -n istio-system --create-namespace --wait --timeout 180s -f ${file}`,
    );
    if (chart !== "istiod") return;
    // istiod itself changes its webhooks from Ignore to Fail when it has started.
    const strict = "--for=jsonpath='{.webhooks[0].failurePolicy}'=Fail";
    shell(lab, `kubectl wait validatingwebhookconfigurations --all ${strict} --timeout=60s`);
}

/** Removes every Istio, whoever installed it. */
export function removeIstio(lab: Cluster): void {
    shell(
        lab,
        [
            "for r in $(helm list -q -n istio-system); do helm uninstall $r -n istio-system --wait; done",
            "kubectl delete namespace istio-system --ignore-not-found --timeout=120s",
            "kubectl get mutatingwebhookconfigurations,validatingwebhookconfigurations,clusterroles,clusterrolebindings -o name | grep -E '/istio' | xargs -r kubectl delete",
            "kubectl get crd -o name | grep -E '[.]istio[.]io$' | xargs -r kubectl delete --timeout=60s",
        ].join(" && "),
    );
}

/** The program's settings for an existing Istio, instead of those of the stack `ci` for one of its own. */
export function existing(istio: object = {}, more: Record<string, string> = {}): Record<string, string> {
    const jaeger = { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "2", memory: "512Mi" } };
    return {
        istio: JSON.stringify({ install: false, provider: PROVIDER.name, ...istio }),
        resources: JSON.stringify({ jaeger }),
        ...more,
    };
}

/** The settings of the stack `ci` on this lab with these, as commands that look at the cluster take them. */
export function rawSettings(lab: Cluster, settings: Record<string, string>): Record<string, string> {
    const { project, config } = labStackConfig("ci", lab, settings);
    return Object.fromEntries(
        Object.entries(config)
            .filter(([key]) => key.startsWith(`${project}:`))
            .map(([key, value]) => [key.slice(project.length + 1), value]),
    );
}

/** Runs the program with these settings; it must succeed. */
export async function run(
    lab: Cluster,
    operation: Operation,
    settings: Record<string, string>,
): Promise<ProgramResult> {
    const events: EngineEvent[] = [];
    const result = await program(lab, operation, settings, events);
    assert.equal(result.failed, undefined, JSON.stringify(events.slice(-10)));
    return result;
}

/** What the program would write or has written: every step but those that read or leave things as they are. */
export function written({ steps }: ProgramResult): string[] {
    return (
        steps
            .filter(({ custom, op }) => custom && op !== "same" && op !== "read")
            // A provider is only in the state.
            .filter(({ urn }) => !urn.includes("::pulumi:providers:"))
            .map(({ op, urn }) => `${op} ${urn}`)
    );
}

/** Kinds of what an installer of Istio owns. Its pods, leases and endpoints come and go by themselves. */
const OWNED = [
    ...["configmaps", "secrets", "services", "serviceaccounts", "deployments.apps", "horizontalpodautoscalers"],
    ...["poddisruptionbudgets", "roles", "rolebindings", "namespaces", "clusterroles", "clusterrolebindings"],
    ...["mutatingwebhookconfigurations", "validatingwebhookconfigurations", "customresourcedefinitions"],
];
const LEADER = "control-plane.alpha.kubernetes.io/leader";

/**
 * Every object of Istio's owner by kind and name: those of the namespace, and Istio's of the whole cluster. Without status
 * and what the API server counts or istiod renews by itself.
 */
export function ownersObjects(lab: Cluster, namespace = "istio-system"): Record<string, unknown> {
    const { items } = JSON.parse(kubectl(lab, "get", OWNED.join(","), "-A", "-o", "json")) as {
        items: (Record<string, unknown> & { kind: string; metadata: Record<string, unknown> })[];
    };
    const owned = items.filter(({ kind, metadata }) =>
        metadata["namespace"] === undefined
            ? kind === "Namespace"
                ? metadata["name"] === namespace
                : /istio/.test(String(metadata["name"]))
            : metadata["namespace"] === namespace,
    );
    const counted = ["managedFields", "resourceVersion", "generation", "annotations"];
    return Object.fromEntries(
        owned.map(({ kind, metadata, ...object }) => {
            const annotations = omit(mapAt(metadata, "annotations"), LEADER);
            const kept = { ...omit(object, "status"), ...omit(metadata, ...counted), annotations };
            return [`${kind} ${String(metadata["name"])}`, kept];
        }),
    );
}
