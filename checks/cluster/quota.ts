import type { ClusterObject } from "../../shared/kubernetes/objects";
import { METADATA_SHAPE } from "../../shared/kubernetes/shapes";
import { listOf, mapOf, objectOf, text, type Shape } from "../../shared/values/shapes";
import type { Finding } from "../finding";

/** A ResourceQuota or a LimitRange, as far as it bounds pods. */
export interface QuotaObject extends ClusterObject {
    spec?: { limits?: { type: string; min?: Record<string, string>; max?: Record<string, string> }[] };
    status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

/** The fields that the check reads. */
export const QUOTA: Shape<QuotaObject> = objectOf<QuotaObject>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf<NonNullable<QuotaObject["spec"]>>({
            limits: listOf(
                objectOf<{ type: string; min?: Record<string, string>; max?: Record<string, string> }>(
                    { type: text, min: mapOf(text), max: mapOf(text) },
                    "type",
                ),
            ),
        }),
        status: objectOf<NonNullable<QuotaObject["status"]>>({ hard: mapOf(text), used: mapOf(text) }),
    },
    "metadata",
);

/** What each pod of a workload requests: CPU in cores and memory in bytes. */
export interface Requested {
    workload: string;
    cpu: number;
    memory: number;
    /** The number of its pods. A DaemonSet has one for each node. @default 1 */
    pods?: number;
}

const RESOURCES = ["cpu", "memory"] as const;

/**
 * Reports quotas and limits of a namespace under which the program's pods would not start. Their Deployments would wait.
 *
 * @param requested the program's workloads in the namespace, without those that run there already.
 * @param parseQuantity converts a Kubernetes quantity to a number.
 */
export function checkQuota(
    objects: QuotaObject[],
    requested: Requested[],
    parseQuantity: (text: string) => number | undefined,
): Finding[] {
    const number = (quantity: string | undefined): number | undefined =>
        quantity === undefined ? undefined : parseQuantity(quantity);
    return objects.flatMap(({ metadata: { name, namespace = "" }, spec, status }) => [
        ...RESOURCES.flatMap((resource) => {
            const hard = status?.hard ?? {};
            const key = hard[`requests.${resource}`] === undefined ? resource : `requests.${resource}`;
            const left = (number(hard[key]) ?? Infinity) - (number(status?.used?.[key]) ?? 0);
            const needed = requested.reduce((sum, pod) => sum + pod[resource] * (pod.pods ?? 1), 0);
            if (needed <= left) return [];
            const workloads = requested.map(({ workload }) => workload);
            const got = `${show(resource, left)} of ${hard[key] ?? ""} left`;
            return [tooSmall(`ResourceQuota ${namespace}/${name}`, workloads, resource, show(resource, needed), got)];
        }),
        ...(spec?.limits ?? [])
            .filter(({ type }) => type === "Pod")
            .flatMap(({ max = {} }) =>
                RESOURCES.flatMap((resource) => {
                    const most = number(max[resource]) ?? Infinity;
                    const large = requested.filter((pod) => pod[resource] > most);
                    if (large.length === 0) return [];
                    const needed = Math.max(...large.map((pod) => pod[resource]));
                    const workloads = large.map(({ workload }) => workload);
                    const got = `at most ${max[resource] ?? ""} for a pod`;
                    return [
                        tooSmall(`LimitRange ${namespace}/${name}`, workloads, resource, show(resource, needed), got),
                    ];
                }),
            ),
    ]);
}

function tooSmall(resource: string, workloads: string[], kind: string, needed: string, got: string): Finding {
    return {
        ...{ id: "quota", severity: "error", resource, got },
        expected: `room for ${needed} of ${kind}, which ${workloads.join(", ")} request`,
        cure: `Lower ${workloads.map((name) => `resources.${settingOf(name)}.requests.${kind}`).join(", ")}, or have the namespace's owner raise it.`,
    };
}

/** The gateway is a proxy like those of sidecars. */
function settingOf(workload: string): string {
    return workload === "gateway" ? "proxy" : workload;
}

function show(resource: (typeof RESOURCES)[number], value: number): string {
    return resource === "cpu" ? `${String(Math.round(value * 1000))}m` : `${String(Math.round(value / 2 ** 20))}Mi`;
}
