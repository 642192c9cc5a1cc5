import { TIER_NAMES } from "../../components/tier";
import type { Cluster } from "../../lab/cluster";
import { findHolder } from "../../lab/cluster/holder";
import { JAEGER_PORTS } from "../../shared/names/ports";
import { podsOf, until, withApi, type Pod } from "../mesh/kubernetes";
import { processOfPod } from "../mesh/processes";

const NAMESPACE = "istio-system";

/** A part of the tier, or Jaeger behind it: its label `app`, and how its program's name begins. */
export interface Part {
    app: string;
    program: string;
}

export const ROUTER: Part = { app: TIER_NAMES.router, program: "otelcol" };
export const SAMPLER: Part = { app: TIER_NAMES.sampler, program: "otelcol" };
export const JAEGER: Part = { app: "jaeger", program: "jaeger" };

/** A process in the lab's network, from which every Service can be reached. */
export function networkOfLab({ identity }: Cluster): number {
    const holder = findHolder(identity.name);
    if (holder === undefined) throw new Error("the lab has ended");
    return holder.process.pid;
}

/** Address of a Service in Istio's namespace. */
export function addressOf(lab: Cluster, service: string): Promise<string> {
    return withApi(lab, async (api) => {
        const path = `/api/v1/namespaces/${NAMESPACE}/services/${service}`;
        return (await api.get<{ spec: { clusterIP: string } }>(path)).spec.clusterIP;
    });
}

/** The pods of a part, once so many are ready and no other is left. */
export function readyPods(lab: Cluster, { app }: Part, count: number, signal: AbortSignal): Promise<Pod[]> {
    return withApi(lab, (api) =>
        until(150, signal, async () => {
            const { items } = await api.get<{ items: Pod[] }>(
                `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=app%3D${app}`,
            );
            const ready = items.filter(
                ({ metadata, status }) =>
                    metadata.deletionTimestamp === undefined &&
                    status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
            );
            return ready.length === count && items.length === count
                ? ready
                : `${String(ready.length)} of ${String(items.length)} pods of ${app} are ready, expected ${String(count)}`;
        }),
    );
}

/** The process of a pod of a part. */
export function pidOf(pod: Pod, { program }: Part): number {
    return processOfPod(pod.metadata.uid, program);
}

/** Metrics of every pod of a part in Prometheus' text format. */
export function metricsOf(lab: Cluster, { app }: Part): Promise<string> {
    return withApi(lab, async (api) => {
        const pods = await podsOf(api, NAMESPACE, `app=${app}`);
        const texts = pods.map(async ({ metadata: { name } }) => {
            const path = `/api/v1/namespaces/${NAMESPACE}/pods/${name}:${String(JAEGER_PORTS.metrics)}/proxy/metrics`;
            const { status, text } = await api.send("GET", path, undefined, { timeoutSeconds: 30 });
            if (status !== 200) throw new Error(`the metrics of ${name} answered ${status}: ${text.slice(0, 200)}`);
            return text;
        });
        return (await Promise.all(texts)).join("\n");
    });
}

/** The sum of a counter or gauge, whether its name ends in `_total` or not; 0 if there is none. */
export function sumOf(metrics: string, name: string): number {
    const pattern = new RegExp(`^otelcol_${name}(?:_total)?(?:\\{.*\\})? (\\S+)$`, "gm");
    return [...metrics.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
}

/** Waits until a count of a part has not changed for some seconds, and returns it. */
export async function settled(
    lab: Cluster,
    part: Part,
    name: string,
    seconds: number,
    signal: AbortSignal,
): Promise<number> {
    let last = -1;
    let since = performance.now();
    return until(120, signal, async () => {
        const now = sumOf(await metricsOf(lab, part), name);
        if (now !== last) [last, since] = [now, performance.now()];
        return performance.now() - since >= seconds * 1000 ? now : `${name} of ${part.app} still grows`;
    });
}
