import type { PlannedNamespace } from "../../checks/cluster/namespaces";
import { isMadeByPulumi, isOwnedBy, type ClusterObject, type ReleaseName } from "../../shared/kubernetes/objects";
import { releaseRevision } from "../../checks/cluster/helmReleases";
import { METADATA, METADATA_LIST, type ClusterClient } from "../../shared/cluster/client";
import type { Fact } from "../../shared/cluster/facts";
import { UserError } from "../../shared/terminal/errors";
import type { StoredRevision } from "./plan";

/** Field manager of the Helm inside Pulumi's provider. The helm binary uses `Helm`. */
const PROVIDER = "pulumi-kubernetes";

/** Every revision that Helm has stored in a namespace. */
export async function storedRevisions(client: ClusterClient, namespace: string): Promise<StoredRevision[]> {
    const path = `${secretsOf(namespace)}?labelSelector=owner%3Dhelm`;
    const found = valueOf(await client.get<{ items: ClusterObject[] }>(path, METADATA_LIST), "list Helm's Secrets");
    return (found?.items ?? []).flatMap((object) => {
        const revision = releaseRevision(object);
        const { name, uid = "", resourceVersion = "", managedFields = [] } = object.metadata;
        const byPulumi = managedFields.some(({ manager }) => manager === PROVIDER);
        return revision === undefined ? [] : [{ ...revision, secret: { name, uid, resourceVersion }, byPulumi }];
    });
}

/** Deletes exactly the Secret that was read. */
export async function forgetRevision(client: ClusterClient, { secret, namespace }: StoredRevision): Promise<void> {
    const { name, uid, resourceVersion } = secret;
    valueOf(await client.delete(`${secretsOf(namespace)}/${name}`, uid, resourceVersion), `delete the Secret ${name}`);
}

/** Whether Pulumi created a namespace or the Jaeger of this program. */
export async function madeByPulumi(client: ClusterClient, own: PlannedNamespace[], istio: string): Promise<boolean> {
    const paths = [
        ...own.map(({ name }) => `/api/v1/namespaces/${name}`),
        `/apis/apps/v1/namespaces/${istio}/deployments/jaeger`,
    ];
    const objects = await Promise.all(paths.map((path) => client.get<ClusterObject>(path, METADATA)));
    return objects.some((fact) => "value" in fact && fact.value !== undefined && isMadeByPulumi(fact.value));
}

/** Whether a webhook of a release rejects every object because no istiod answers. */
export async function hasStrictWebhook(client: ClusterClient, { name, namespace }: ReleaseName): Promise<boolean> {
    const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
    type Webhook = ClusterObject & { webhooks?: { failurePolicy?: string }[] };
    const fact = await client.get<{ items: Webhook[] }>(path);
    // Without the right to list them, this check is skipped.
    const found = "value" in fact ? fact.value?.items : undefined;
    return (found ?? [])
        .filter((one) => isOwnedBy(one, { name, namespace }))
        .some(({ webhooks = [] }) => webhooks.some(({ failurePolicy }) => failurePolicy === "Fail"));
}

function secretsOf(namespace: string): string {
    return `/api/v1/namespaces/${namespace}/secrets`;
}

function valueOf<T>(fact: Fact<T>, what: string): T {
    if ("value" in fact) return fact.value;
    throw new UserError(
        `Could not ${what}: ${fact.failure.reason}. Fix the problem, then run npm run repair again.`,
        2,
    );
}
