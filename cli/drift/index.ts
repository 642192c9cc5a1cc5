import { compareObject, compareValues, type CompareOptions, type Drift } from "../../checks/cluster/drift";
import type { Manifest } from "../../shared/kubernetes/manifest";
import { parseQuantity } from "../../shared/kubernetes/quantities";
import type { Settings } from "../../components/settings";
import { plain, planProgram, type ExistingObjects, type PlannedResource } from "../../plan";
import { askMeshConfigMaps, meshWanted } from "../preflight/existingMesh";
import { requireAnswer, withCluster, type ConnectOptions } from "../cluster/connect";
import { ENCRYPTED } from "../cluster/encryptedSecrets";
import type { ClusterClient } from "../../shared/cluster/client";
import { LiveObjects } from "./live";
import { readRelease } from "../cluster/helmRelease";

/** The result of {@link findDrift}. */
export interface DriftResult {
    drifts: Drift[];
    /** The number of compared objects. */
    objects: number;
}

const RELEASE = "kubernetes:helm.sh/v3:Release";
const OPTIONS: CompareOptions = { parseQuantity, unknown: ENCRYPTED };

/**
 * Compares a stack's plan with its cluster: its ordinary resources, the values of its Helm releases, and every object
 * in these as Helm rendered it. Reads only.
 *
 * @throws UserError with exit code 2 if the stack, its settings or the cluster cannot be used.
 */
export async function findDrift(options: ConnectOptions): Promise<DriftResult> {
    return withCluster(options, async ({ raw, settings, client }) => {
        const existing = await existingObjects(client, settings);
        const { resources } = await planProgram(raw, options.stack ?? "drift", [], undefined, existing);
        const live = new LiveObjects(client);
        const results = await Promise.all(
            resources
                .filter(({ type }) => type.startsWith("kubernetes:"))
                .map((resource) => ({ ...resource, inputs: plain(resource.inputs) as Manifest }))
                .map((planned) =>
                    planned.type === RELEASE ? release(client, live, planned) : ordinary(live, planned),
                ),
        );
        return {
            drifts: results.flatMap(({ drifts }) => drifts),
            objects: results.reduce((sum, { objects }) => sum + objects, 0),
        };
    });
}

/** The ConfigMaps of an existing Istio, on which the plan depends. */
async function existingObjects(client: ClusterClient, settings: Settings): Promise<ExistingObjects> {
    const wanted = meshWanted(settings);
    if (wanted === undefined) return new Map();
    const { configMap, injector, shared } = await askMeshConfigMaps(client, wanted);
    const found = [configMap, injector, shared].map((fact) => requireAnswer(fact, "the mesh configuration"));
    return new Map(
        found.flatMap((object) =>
            object === undefined ? [] : [[`${wanted.namespace}/${object.metadata.name}`, object] as const],
        ),
    );
}

async function ordinary(live: LiveObjects, { name, inputs }: PlannedResource): Promise<DriftResult> {
    const found = await live.find(await live.withName(inputs, name));
    return { drifts: compareObject(found.manifest, found.live, OPTIONS), objects: 1 };
}

async function release(client: ClusterClient, live: LiveObjects, { inputs }: PlannedResource): Promise<DriftResult> {
    const { name, namespace, version } = inputs as { name: string; namespace: string; version?: string };
    const resource = `Release ${namespace}/${name}`;
    const stored = await readRelease(client, namespace, name);
    if (stored === undefined) {
        const drift = { resource, field: "", expected: "the release", got: "no such release: it was uninstalled" };
        return { drifts: [drift], objects: 1 };
    }
    const { status, chartVersion, values, objects } = stored;
    const said: Drift[] = [
        ...(status === "deployed" ? [] : [{ resource, field: "status", expected: "deployed", got: status }]),
        ...(version === undefined || version === chartVersion
            ? []
            : [{ resource, field: "version", expected: version, got: chartVersion }]),
        ...compareValues(resource, (inputs["values"] ?? {}) as Manifest, values, OPTIONS),
    ];
    const compared = await Promise.all(
        objects.map(async (object) => {
            const found = await live.find(object);
            return compareObject(found.manifest, found.live, OPTIONS);
        }),
    );
    return { drifts: [...said, ...compared.flat()], objects: 1 + objects.length };
}
