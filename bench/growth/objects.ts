import type { Cluster } from "../../lab/cluster";
import type { ApiClient } from "../../lab/cluster/api";
import { forEach, send, until, withApi } from "../mesh/kubernetes";
import { BENCH_LABEL, tracedNames, tracedNamespace, tracedTelemetry } from "./manifests";

/** Calls to the API server at a time. */
const AT_ONCE = 16;
/** The controllers remove an empty namespace in a fraction of a second, but only a few at a time. */
const REMOVAL_SECONDS = 240;

/** Creates objects of one kind in their namespaces. */
export async function createAll(
    api: ApiClient,
    collection: (namespace: string) => string,
    objects: { metadata: { namespace?: string } }[],
    signal: AbortSignal,
): Promise<void> {
    await forEach(objects, AT_ONCE, signal, (object) =>
        send(api, "POST", collection(object.metadata.namespace ?? ""), object),
    );
}

/** Creates the namespaces that the program would trace, with their Telemetries. */
export async function makeTraced(lab: Cluster, count: number, signal: AbortSignal): Promise<void> {
    await withApi(lab, async (api) => {
        const names = tracedNames(count);
        await createAll(api, () => "/api/v1/namespaces", names.map(tracedNamespace), signal);
        const telemetries = (name: string): string => `/apis/telemetry.istio.io/v1/namespaces/${name}/telemetries`;
        await createAll(api, telemetries, names.map(tracedTelemetry), signal);
    });
}

/**
 * Removes every namespace of the benchmark, even of a killed run, and waits until they are gone.
 *
 * @param signal an interrupt ends the wait; the cluster continues by itself.
 */
export async function removeBenchNamespaces(lab: Cluster, signal: AbortSignal): Promise<void> {
    await withApi(lab, async (api) => {
        const path = `/api/v1/namespaces?labelSelector=${BENCH_LABEL}`;
        const names = async (): Promise<string[]> =>
            (await api.get<{ items: { metadata: { name: string } }[] }>(path)).items.map(
                ({ metadata }) => metadata.name,
            );
        // An interrupted benchmark also removes what it created.
        const toItsEnd = new AbortController().signal;
        await forEach(await names(), AT_ONCE, toItsEnd, (name) => send(api, "DELETE", `/api/v1/namespaces/${name}`));
        if (signal.aborted) return;
        await until(REMOVAL_SECONDS, signal, async () => {
            const left = (await names()).length;
            return left === 0 ? true : `${String(left)} namespaces are still being removed`;
        });
    });
}
