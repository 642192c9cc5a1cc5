import type { PlannedNamespace } from "../../checks/clusterNamespaces";
import { isMadeByPulumi, type ClusterObject } from "../../checks/clusterObjects";
import { releaseRevision } from "../../checks/clusterReleases";
import { resolveSettings } from "../../components/settings";
import { METADATA, METADATA_LIST, openClient, type ClusterClient, type Fact } from "../preflight/client";
import { pickTarget, readConfiguration } from "../preflight/configuration";
import type { PreflightOptions } from "../preflight/index";
import { planFor } from "../preflight/program";
import { openTarget } from "../preflight/target";
import { UserError } from "../ui/errors";
import { planRepair, type Repair, type StoredRevision } from "./plan";

/** What {@link runRepair} does. */
export interface RepairOptions extends PreflightOptions {
    /** False: only say what would be done. */
    yes: boolean;
    /** No helm and no pulumi is at work any more, however young the interrupted operation is. */
    abandoned: boolean;
    /** Names of releases that Helm shall forget. */
    forget: string[];
}

/** What {@link runRepair} found and did. */
export interface RepairResult {
    cluster: string;
    repairs: Repair[];
    /** Secrets that were deleted. */
    removed: string[];
}

/**
 * Brings the program's Helm releases that were left half way back to a state from which Helm goes on, by deleting the
 * Secrets of revisions that never ended. Touches no object of a chart and no release of others.
 *
 * @throws CannotLook when there is no usable cluster, UserError when it refuses to answer.
 */
export async function runRepair(options: RepairOptions): Promise<RepairResult> {
    const { raw, isEncrypted, kubernetes } = readConfiguration(options);
    const settings = resolveSettings(raw, isEncrypted);
    const { istiod, releases, namespaces } = planFor(settings);
    const names = releases.map(({ name }) => name);
    const unknown = options.forget.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new UserError(`--forget takes ${names.join(" or ")}, got ${unknown}.`, 2);
    const target = openTarget(pickTarget(kubernetes, options, options.stack));
    const client = await openClient(target, options.timeoutSeconds ?? 5);
    try {
        const homes = [...new Set(releases.map(({ namespace }) => namespace))];
        const stored = (await Promise.all(homes.map((home) => storedRevisions(client, home)))).flat();
        const managed = await madeByPulumi(client, Object.values(namespaces), istiod.namespace);
        const repairs = names.flatMap((name) => {
            const { abandoned, forget } = options;
            const now = Date.now() / 1000;
            const timeoutSeconds = settings.readyTimeoutSeconds;
            return planRepair(stored, name, { now, timeoutSeconds, abandoned, forget, managed }) ?? [];
        });
        const removed: string[] = [];
        for (const { secret, namespace } of options.yes ? repairs.flatMap(({ remove }) => remove) : []) {
            const { name, uid, resourceVersion } = secret;
            known(
                await client.delete(`${secretsOf(namespace)}/${name}`, uid, resourceVersion),
                `delete the Secret ${name}`,
            );
            removed.push(name);
        }
        return { cluster: `${target.context} (${target.server})`, repairs, removed };
    } finally {
        client.close();
    }
}

function secretsOf(namespace: string): string {
    return `/api/v1/namespaces/${namespace}/secrets`;
}

async function storedRevisions(client: ClusterClient, namespace: string): Promise<StoredRevision[]> {
    const path = `${secretsOf(namespace)}?labelSelector=owner%3Dhelm`;
    const found = known(await client.get<{ items: ClusterObject[] }>(path, METADATA_LIST), "list Helm's Secrets");
    return (found?.items ?? []).flatMap((object) => {
        const revision = releaseRevision(object);
        const { name, uid = "", resourceVersion = "" } = object.metadata;
        return revision === undefined ? [] : [{ ...revision, secret: { name, uid, resourceVersion } }];
    });
}

/** Whether a namespace or the Jaeger of this program is Pulumi's work. */
async function madeByPulumi(client: ClusterClient, own: PlannedNamespace[], istio: string): Promise<boolean> {
    const paths = [
        ...own.map(({ name }) => `/api/v1/namespaces/${name}`),
        `/apis/apps/v1/namespaces/${istio}/deployments/jaeger`,
    ];
    const objects = await Promise.all(paths.map((path) => client.get<ClusterObject>(path, METADATA)));
    return objects.some((fact) => "value" in fact && fact.value !== undefined && isMadeByPulumi(fact.value));
}

function known<T>(fact: Fact<T>, what: string): T {
    if ("value" in fact) return fact.value;
    throw new UserError(`Could not ${what}: ${fact.failure.reason}. Look again: npm run repair`, 2);
}
