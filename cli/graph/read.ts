import { withAccess } from "../../doctor";
import { openQuery, openQueryAt, type QueryEvidence } from "../../doctor/evidence/query";
import { collectorOfPod, samplingOfPod } from "../../doctor/inventory/collector";
import { discover } from "../../doctor/inventory/discovery";
import { meshOf, readMeshes, sidecarOf } from "../../doctor/inventory/mesh";
import { asReadBy } from "../../doctor/inventory/revision";
import { listNamespaces } from "../../doctor/inventory/namespaces";
import { itemsOf } from "../../shared/cluster/facts";
import type { Discovery } from "../../doctor/inventory/objects";
import type { TargetOptions } from "../../shared/cluster/target";
import type { JaegerClient, Trace } from "../../shared/jaeger/client";
import { UserError } from "../../shared/terminal/errors";

/** The traces to read. */
export interface ReadOptions {
    jaegerUrl: string | undefined;
    jaegerLogin: string | undefined;
    /** Newest traces of each service. */
    limit: number;
    /** How far back, in minutes. */
    lookbackMinutes: number;
}

/** Traces of all services, and what limits them. */
export interface ReadTraces {
    traces: Trace[];
    /** Where they come from, for people. */
    from: string;
    /** Services that have more traces in this time than were read. */
    cut: string[];
    /** Services that were not asked, because there are too many. */
    left: number;
    /** Sampling rates of the mesh's namespaces in percent; undefined if they are unknown. */
    rates: { namespace: string; percent: number }[] | undefined;
}

/** A cluster, and the limit for each of its answers in seconds. */
type GraphTarget = TargetOptions & { timeoutSeconds?: number };

/** The maximum number of services to ask for, one by one. */
const SERVICES = 300;
/** Queries at a time. */
const AT_A_TIME = 4;

/**
 * Reads the newest traces of each service that Jaeger knows.
 *
 * @param target the cluster through which Jaeger is found; undefined if its URL is enough.
 * @throws UserError with exit code 2 if Jaeger cannot be queried.
 */
export async function readTraces(target: GraphTarget | undefined, options: ReadOptions): Promise<ReadTraces> {
    const { jaegerUrl, jaegerLogin } = options;
    if (target === undefined) return readFrom(await openQueryAt(jaegerUrl ?? "", jaegerLogin), undefined, options);
    return withAccess(target, async (access) => {
        const cluster = await discover(access);
        const pod = itemsOf(cluster.pods).find((one) => sidecarOf(one) !== undefined);
        const mesh = meshOf(readMeshes(cluster), pod);
        const discovery = mesh === undefined ? cluster : asReadBy(mesh.revision, cluster);
        const collector =
            pod === undefined || mesh === undefined
                ? undefined
                : collectorOfPod(pod, samplingOfPod(pod, mesh, discovery), mesh, discovery);
        const query = await openQuery(access, discovery, collector, options);
        const rates = "failure" in discovery.telemetries || mesh === undefined ? undefined : ratesOf(cluster);
        return readFrom(query, rates, options);
    });
}

async function readFrom(
    { client, where, problem, blind, services }: QueryEvidence,
    rates: ReadTraces["rates"],
    { limit, lookbackMinutes }: ReadOptions,
): Promise<ReadTraces> {
    if (client === undefined) {
        throw new UserError(
            `expected an answer from Jaeger's query API at ${where}, got: ${problem ?? "none"}. Next: ` +
                (blind ?? "name it with --jaeger URL"),
            2,
        );
    }
    const endMicros = Date.now() * 1000;
    const between = { startMicros: endMicros - lookbackMinutes * 60e6, endMicros };
    const asked = services.slice(0, SERVICES);
    const found = new Map<string, Trace>();
    const cut: string[] = [];
    for (let index = 0; index < asked.length; index += AT_A_TIME) {
        const some = asked.slice(index, index + AT_A_TIME);
        const lists = await Promise.all(some.map((service) => tracesOf(client, where, service, limit, between)));
        for (const [at, traces] of lists.entries()) {
            for (const trace of traces) found.set(trace.traceId, trace);
            if (traces.length >= limit) cut.push(some[at] ?? "");
        }
    }
    return { traces: [...found.values()], from: where, cut, left: services.length - asked.length, rates };
}

async function tracesOf(
    client: JaegerClient,
    where: string,
    service: string,
    limit: number,
    between: { startMicros: number; endMicros: number },
): Promise<Trace[]> {
    try {
        return await client.tracesOf(service, limit, between);
    } catch (error) {
        throw new UserError(
            `expected the traces of ${service} from Jaeger at ${where}, got: ${(error as Error).message}. Next: read fewer at a time with --limit or --lookback`,
            2,
        );
    }
}

function ratesOf(discovery: Discovery): { namespace: string; percent: number }[] {
    return listNamespaces(discovery)
        .filter(({ pods }) => pods.injected > 0)
        .map(({ namespace, sampling: { client } }) => ({ namespace, percent: client.reporting ? client.percent : 0 }));
}
