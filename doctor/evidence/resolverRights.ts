import type { Account, Right } from "../../checks/cluster/grants";
import { listAll } from "../../shared/cluster/client";
import type { Fact } from "../../shared/cluster/facts";
import type { Metadata, PodObject } from "../../shared/kubernetes/objects";
import { METADATA_SHAPE } from "../../shared/kubernetes/shapes";
import { listOf, objectOf, text, type Shape } from "../../shared/values/shapes";
import type { Access } from "../connection/access";
import type { CollectorFile } from "../inventory/collectorPipelines";
import { isReady } from "../inventory/mesh";
import { watchedServices } from "../inventory/nextTier";
import { readPodLog } from "./podLog";

/** A Role, a ClusterRole or a binding of one, with what lists leave out. */
export type RightsObject = ListedRights & { apiVersion: string; kind: string };

/** A type and no interface, because checks read it as any manifest. */
type ListedRights = {
    metadata: Metadata;
    rules?: { apiGroups?: string[]; resources?: string[]; resourceNames?: string[]; verbs?: string[] }[];
    roleRef?: { kind?: string; name?: string };
    subjects?: { kind?: string; name?: string; namespace?: string }[];
};

/** A request that the API server has refused, from the log of who sent it. */
export type Refusal = Omit<Right, "verbs"> & { account: Account; verb: string };

/** What decides whether a tier may ask the API server for the endpoints behind it. */
export interface ResolverRights {
    /** Those of the namespaces of these endpoints, and of the whole cluster. */
    objects: Fact<RightsObject[]>;
    /** From the logs of pods that are not ready. */
    refusals: Refusal[];
}

type Reads = Pick<Access, "get" | "text">;

const API = "rbac.authorization.k8s.io/v1";
const TEXTS = listOf(text);
const LISTED: Shape<ListedRights> = objectOf<ListedRights>(
    {
        metadata: METADATA_SHAPE,
        rules: listOf(objectOf({ apiGroups: TEXTS, resources: TEXTS, resourceNames: TEXTS, verbs: TEXTS })),
        roleRef: objectOf({ kind: text, name: text }),
        subjects: listOf(objectOf({ kind: text, name: text, namespace: text })),
    },
    "metadata",
);
/** The maximum number of pods whose log to read. */
const PODS = 3;
/** The last lines of a container, among which a refused request is repeated. */
const LINES = "tailLines=200&limitBytes=65536";
/** Kubernetes' words: https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/handlers/responsewriters/errors.go */
const REFUSED =
    /User \\*"system:serviceaccount:([^:"\\]+):([^"\\]+)\\*" cannot (\w+) resource \\*"([\w/]+)\\*" in API group \\*"([\w.]*)\\*" (?:in the namespace \\*"([\w-]+)\\*"|at the cluster scope)/g;

/** Reads the rights of a tier that gets endpoints from the API server; undefined for another one. */
export async function readResolverRights(
    access: Reads,
    { pods, files }: { pods: PodObject[]; files: CollectorFile[] },
): Promise<ResolverRights | undefined> {
    const namespaces = [...new Set(files.flatMap(watchedServices).map(({ namespace }) => namespace))];
    if (namespaces.length === 0) return undefined;
    const waiting = pods.filter((pod) => !isReady(pod)).slice(0, PODS);
    const [objects, texts] = await Promise.all([
        readObjects(access, namespaces),
        Promise.all(waiting.map((pod) => readLog(access, pod))),
    ]);
    return { objects, refusals: refusalsIn(texts.join("\n")) };
}

async function readObjects(access: Reads, namespaces: string[]): Promise<Fact<RightsObject[]>> {
    const lists: [string, string][] = [
        ...namespaces.flatMap((namespace): [string, string][] => [
            ["Role", `namespaces/${namespace}/roles`],
            ["RoleBinding", `namespaces/${namespace}/rolebindings`],
        ]),
        ["ClusterRole", "clusterroles"],
        ["ClusterRoleBinding", "clusterrolebindings"],
    ];
    const found: RightsObject[] = [];
    for (const [kind, path] of lists) {
        const fact = await listAll(access, `/apis/${API}/${path}`, LISTED);
        if ("failure" in fact) return fact;
        found.push(...(fact.value ?? []).map((object) => ({ ...object, apiVersion: API, kind })));
    }
    return { value: found };
}

/** What the containers of a pod have written, and those before them. */
async function readLog(access: Reads, pod: PodObject): Promise<string> {
    const { spec, status } = pod;
    const restarted = (status?.containerStatuses ?? []).filter(({ restartCount = 0 }) => restartCount > 0);
    const asked = [
        ...(spec?.containers ?? []).map((container) => `container=${container.name}`),
        ...restarted.map((container) => `container=${container.name}&previous=true`),
    ];
    const logs = await Promise.all(asked.map((which) => readPodLog(access, pod, `${which}&${LINES}`)));
    return logs.join("\n");
}

/** The refused requests that a log tells about, without what the namespace of is unknown. */
export function refusalsIn(log: string): Refusal[] {
    return [...log.matchAll(REFUSED)].flatMap(([, home, name, verb, resource, apiGroup, namespace]) =>
        home === undefined || name === undefined || verb === undefined || resource === undefined
            ? []
            : [
                  {
                      account: { namespace: home, name },
                      verb,
                      resource,
                      apiGroup: apiGroup ?? "",
                      namespace: namespace ?? home,
                  },
              ],
    );
}
