import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Cluster } from "../../lab/cluster";
import { groupBy } from "../../shared/values/groupBy";
import { measure } from "../command";

/** Events and leases come and go by themselves, and component statuses are computed for each request. */
const NO_OBJECTS = ["events", "events.events.k8s.io", "leases.coordination.k8s.io", "componentstatuses"];
const LIMIT_SECONDS = 60;
const PAUSE_MS = 1000;

/** The remains of an uninstallation in a cluster, counted. */
export interface LeftoverCounts {
    crds: number;
    configMaps: number;
    others: number;
}

/** The remains of an uninstallation in a cluster. */
export interface Leftovers {
    counts: LeftoverCounts;
    /** `Kind namespace/name` of those that `counts.others` counts. */
    others: string[];
}

/** `Kind namespace/name` of every object of every kind, after two equal lists in a row. */
export async function settledObjects(cluster: Cluster): Promise<string[]> {
    const end = performance.now() + LIMIT_SECONDS * 1000;
    let before: string[] | undefined;
    for (;;) {
        // For a moment, the API server still lists the kinds of deleted CRDs, and fails for them.
        const now = await listOnce(cluster).catch((error: unknown) => {
            if (performance.now() > end) throw error;
            return undefined;
        });
        if (now !== undefined && (now.join() === before?.join() || performance.now() > end)) return now;
        before = now;
        await setTimeout(PAUSE_MS);
    }
}

/** Counts new objects. */
export function leftovers(before: readonly string[], after: readonly string[]): Leftovers {
    const known = new Set(before);
    const more = groupBy(
        after.filter((object) => !known.has(object)),
        (object) => object.slice(0, object.indexOf(" ")),
    );
    const count = (kind: string): number => more.get(kind)?.length ?? 0;
    const others = [...more].filter(([kind]) => !COUNTED_APART.has(kind)).flatMap(([, objects]) => objects);
    return {
        counts: {
            crds: count("CustomResourceDefinition"),
            configMaps: count("ConfigMap"),
            others: others.length,
        },
        others,
    };
}

/** The API server has an APIService for the group of each CRD, which comes and goes with the CRD. */
const COUNTED_APART = new Set(["CustomResourceDefinition", "ConfigMap", "APIService"]);

async function listOnce(cluster: Cluster): Promise<string[]> {
    const kinds = (await kubectl(cluster, "api-resources", "--verbs=list", "-o", "name"))
        .trim()
        .split("\n")
        .filter((kind) => !NO_OBJECTS.includes(kind));
    const template = 'jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name}{"\\n"}{end}';
    const listed = await kubectl(cluster, "get", kinds.join(","), "--all-namespaces", "-o", template);
    return listed.trim().split("\n").sort();
}

async function kubectl({ artifacts, kubeconfig }: Cluster, ...args: string[]): Promise<string> {
    const path = `${artifacts.binDir}${delimiter}${process.env["PATH"] ?? ""}`;
    const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: path };
    return (await measure({ program: join(artifacts.binDir, "kubectl"), args, env })).output;
}
