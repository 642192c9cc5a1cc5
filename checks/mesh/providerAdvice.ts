import type { ClusterObject } from "../../shared/kubernetes/objects";
import type { PlainObject } from "../../shared/values/plainObjects";
import { nameInRevision, revisionOf } from "./controlPlane";
import { findInstaller, type Installer } from "./installer";

/** An extension provider that a mesh lacks, and the mesh. */
export interface MissingProvider {
    /** The entry of `extensionProviders`, with its name. */
    entry: PlainObject;
    namespace: string;
    /** The object from which the installer is known: istiod's Deployment, otherwise the mesh's ConfigMap. */
    owner: ClusterObject;
}

/** The installers whose source `npm run adopt` can change by itself. */
const ADOPTED = ["helm", "sail", "aks"];

/**
 * Where a mesh's installer keeps the mesh configuration, and what to write there: whatever else is changed is
 * overwritten. One line, because it is part of a finding; the entry is YAML.
 */
export function adviseProvider({ entry, namespace, owner }: MissingProvider): string {
    const installer = findInstaller(owner);
    const revision = revisionOf(owner);
    const providers = `extensionProviders: [${yamlFlow(entry)}]`;
    const configMap = nameInRevision("istio", revision);
    return [
        `Add the provider where ${installer.name} keeps the mesh configuration, to the list if it has others: ` +
            `${placeOf(installer, providers, namespace, revision)}.`,
        ...(ADOPTED.includes(installer.kind) ? ["Or let npm run adopt -- --stack NAME do it."] : []),
        `Then check the result: kubectl get configmap ${configMap} -n ${namespace} -o jsonpath='{.data.mesh}', and run npm run ` +
            "preflight -- --stack NAME again",
    ].join(" ");
}

function placeOf({ kind, release, keeper }: Installer, providers: string, namespace: string, revision: string): string {
    const values = `meshConfig: {${providers}}`;
    switch (kind) {
        case "istioctl":
            return (
                `in the file of the IstioOperator, spec: {meshConfig: {${providers}}}; then istioctl install -f FILE` +
                (revision === "default" ? "" : ` --revision ${revision}`)
            );
        case "helm":
            return (
                `in the values of that release, ${values}; then helm upgrade ${release?.name ?? "istiod"} CHART ` +
                `-n ${release?.namespace ?? namespace} -f FILE`
            );
        case "sail":
            return (
                `in the Istio resource${keeper?.kind === "Istio" ? ` ${keeper.name}` : ""}, ` +
                `spec: {values: {meshConfig: {${providers}}}}; kubectl edit istios.sailoperator.io`
            );
        case "aks":
            return (
                `in the ConfigMap istio-shared-configmap-${revision} of ${namespace}, which AKS reserves for you, as ` +
                `text of the key mesh: ${providers}`
            );
        case "argocd":
            return `in the source of ${nameOf(keeper, "the Application")}, in the values of Istio's chart: ${values}; then sync it`;
        case "flux":
            return `in the source of ${nameOf(keeper, "the HelmRelease")}, spec: {values: {${values}}}; then flux reconcile`;
        case "unknown":
            return `in the source that its installer uses, as values of Istio's chart: ${values}`;
    }
}

function nameOf(keeper: Installer["keeper"], unknown: string): string {
    return keeper === undefined ? unknown : `the ${keeper.kind} ${keeper.name}`;
}

/** A value in YAML's flow style, with quotes only where a plain word would be something else. */
function yamlFlow(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(yamlFlow).join(", ")}]`;
    if (typeof value === "object" && value !== null) {
        const fields = Object.entries(value).map(([key, inner]) => `${key}: ${yamlFlow(inner)}`);
        return `{${fields.join(", ")}}`;
    }
    return typeof value === "string" && /^[A-Za-z/][\w./-]*$/.test(value) ? value : JSON.stringify(value);
}
