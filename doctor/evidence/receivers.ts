import type { Access } from "../connection/access";
import type { CollectorTarget } from "../inventory/collector";
import { fullName, isReady } from "../inventory/mesh";
import type { ConfigMapObject, PodObject } from "../../shared/kubernetes/objects";
import type { Fact } from "../../shared/cluster/facts";
import { portNumber, targetPortOf } from "../../shared/kubernetes/services";
import { askReceiver, type Taken } from "./askReceiver";

/** The protocol that a pod behind the collector's Service accepts at the target port. */
export interface PodReceiver {
    /** `namespace/name`. */
    pod: string;
    port: number;
    /** Queried from inside the pod, where a receiver on localhost also answers. */
    taken: Taken;
    /** The path at which it accepts spans over HTTP. */
    path?: string;
}

/** The maximum number of pods to query one by one. */
const PODS = 10;
/** Kinds of providers whose receivers can be queried. */
const ASKED = ["opentelemetry", "zipkin"];

/** Queries the accepted protocols of each ready pod of the collector, without pods for which the rights are missing. */
export async function readReceivers(access: Access, collector: CollectorTarget | undefined): Promise<PodReceiver[]> {
    const pods = (collector?.pods ?? []).filter(isReady);
    if (collector === undefined || !ASKED.includes(collector.kind) || pods.length > PODS) return [];
    const asked = pods.map(async (pod): Promise<PodReceiver[]> => {
        const port = receiverPort(pod, collector);
        if (port === undefined) return [];
        const { url, failure } = await access.forward(pod.metadata.namespace ?? "", pod.metadata.name, port);
        const answer = await askReceiver(url, collector.grpc ? undefined : collector.path);
        return failure() === undefined ? [{ pod: fullName(pod), port, ...answer }] : [];
    });
    return (await Promise.all(asked)).flat();
}

/** The target port of the collector's Service in a pod. */
export function receiverPort({ spec }: PodObject, { service, port }: CollectorTarget): number | undefined {
    return portNumber(targetPortOf(service, port), spec?.containers);
}

/** The ConfigMaps that the collector's pods mount as files. */
export async function readCollectorFiles(access: Access, pods: PodObject[]): Promise<Fact<ConfigMapObject[]>> {
    const paths = pods.slice(0, PODS).flatMap(({ metadata, spec }) =>
        (spec?.volumes ?? [])
            .flatMap(({ configMap, projected }) => [
                configMap,
                ...(projected?.sources ?? []).map((source) => source.configMap),
            ])
            .flatMap((source) => source?.name ?? [])
            .map((name) => `/api/v1/namespaces/${metadata.namespace ?? ""}/configmaps/${name}`),
    );
    const facts = await Promise.all([...new Set(paths)].map((path) => access.get<ConfigMapObject>(path)));
    const unread = facts.find((fact) => "failure" in fact);
    if (unread !== undefined && "failure" in unread) return unread;
    return { value: facts.flatMap((fact) => ("value" in fact && fact.value !== undefined ? [fact.value] : [])) };
}
