import type { AdoptedRelease } from "../../components/adopted";
import { findInstaller, type Installer } from "../../checks/mesh/installer";
import { METADATA, type ClusterClient } from "../../shared/cluster/client";
import { helmOwner, type ClusterObject, type ReleaseName } from "../../shared/kubernetes/objects";
import { UserError } from "../../shared/terminal/errors";
import { textAt, type PlainObject } from "../../shared/values/plainObjects";
import { requireAnswer } from "../cluster/connect";
import { readRelease, type StoredRelease } from "../cluster/helmRelease";

/** The Helm releases of one Istio, as Helm has recorded them. */
export interface FoundReleases {
    istiod: StoredRelease;
    /** Undefined if Helm has not installed the CRDs, or not with Istio's chart. */
    base: StoredRelease | undefined;
}

/** Objects of the base chart, one of which is in every version of it. */
const OF_BASE = [
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/telemetries.telemetry.istio.io",
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/istiod-default-validator",
];
const OBJECTS_OF_HELM_RELEASE = "/apis/helm.toolkit.fluxcd.io/v2/helmreleases";

/**
 * Reads the Helm releases of an istiod and of its CRDs, and verifies that Helm alone keeps them.
 *
 * @throws UserError with exit code 1 if they must not be adopted, with 2 if there is no answer.
 */
export async function readReleases(client: ClusterClient, istiod: ReleaseName): Promise<FoundReleases> {
    const base = await findBase(client);
    const found = {
        istiod: await readOne(client, istiod, "istiod"),
        base: base && (await readOne(client, base, "base")),
    };
    for (const release of [found.istiod, found.base]) {
        if (release === undefined) continue;
        requireDeployed(release);
        requireHelmAlone(release, await controllerOf(client, release));
    }
    return found;
}

/** A release as the stack's configuration holds it. */
export function asAdopted(
    { name, namespace, chartVersion: version }: StoredRelease,
    values: PlainObject,
): AdoptedRelease {
    return { name, namespace, version, values };
}

/** The release that owns Istio's CRDs. */
async function findBase(client: ClusterClient): Promise<ReleaseName | undefined> {
    for (const path of OF_BASE) {
        const object = requireAnswer(await client.get<ClusterObject>(path, METADATA), path);
        const owner = object && helmOwner(object);
        if (owner !== undefined) return owner;
    }
    return undefined;
}

async function readOne(client: ClusterClient, { name, namespace }: ReleaseName, chart: string): Promise<StoredRelease> {
    const release = await readRelease(client, namespace, name);
    if (release === undefined) {
        throw refuse(
            `Helm release ${namespace}/${name}`,
            "Helm's record of it in that namespace",
            "none, although its objects name it as their owner; another storage (HELM_DRIVER) is not supported",
            `find out where it is: helm list -A. Without it, set istio.install to false (docs/existing-mesh.md)`,
        );
    }
    if (release.chartName === chart) return release;
    throw refuse(
        `Helm release ${namespace}/${name}`,
        `Istio's chart ${chart}`,
        `the chart ${release.chartName} ${release.chartVersion}`,
        "adopt takes releases of Istio's own charts. For another chart: set istio.install to false, and add the provider " +
            "to its values (docs/existing-mesh.md)",
    );
}

function requireDeployed({ name, namespace, status, revision }: StoredRelease): void {
    if (status === "deployed") return;
    const next = status.startsWith("pending-")
        ? `wait until the other helm has finished. If none runs: helm rollback ${name} -n ${namespace}`
        : `repair it first: helm status ${name} -n ${namespace}, then helm upgrade or helm rollback`;
    throw refuse(
        `Helm release ${namespace}/${name}`,
        "the status deployed",
        `${status} at revision ${String(revision)}`,
        next,
    );
}

/** A controller would put its own values back over ours, or ours over what it deploys next. */
function requireHelmAlone({ name, namespace, objects }: StoredRelease, controller: string | undefined): void {
    const marked = objects
        .map((object) => findInstaller(object as unknown as ClusterObject))
        .find(({ kind }: Installer) => ["flux", "argocd", "sail", "aks"].includes(kind));
    const keeper = controller ?? marked?.name;
    if (keeper === undefined) return;
    throw refuse(
        `Helm release ${namespace}/${name}`,
        "a release that people upgrade with helm",
        `one that ${keeper} manages, which would undo every change`,
        "add the provider to its values there, and set istio.install to false (docs/existing-mesh.md)",
    );
}

/** The HelmRelease of Flux behind a release; undefined if there is none, or if the cluster has no Flux. */
async function controllerOf(client: ClusterClient, release: StoredRelease): Promise<string | undefined> {
    const listed = await client.get<{ items: PlainObject[] }>(OBJECTS_OF_HELM_RELEASE);
    // Somebody who may not read Flux's objects still sees its labels.
    const items = "value" in listed ? (listed.value?.items ?? []) : [];
    const found = items.find((object) => {
        const own = textAt(object, "metadata", "namespace");
        const target = textAt(object, "spec", "targetNamespace");
        const storage = textAt(object, "spec", "storageNamespace") ?? own;
        const name =
            textAt(object, "spec", "releaseName") ??
            [target, textAt(object, "metadata", "name")].filter((part) => part !== undefined).join("-");
        return storage === release.namespace && name === release.name;
    });
    if (found === undefined) return undefined;
    const { name, namespace = "" } = found["metadata"] as ClusterObject["metadata"];
    return `Flux (HelmRelease ${namespace}/${name})`;
}

/** Why nothing is written, with exit code 1. */
export function refuse(what: string, expected: string, got: string, next: string): UserError {
    return new UserError(`${what}: expected ${expected}, got ${got}. Nothing was written. Next: ${next}.`, 1);
}
