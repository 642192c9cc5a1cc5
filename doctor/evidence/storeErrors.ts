import { isSecretText } from "../../checks/telemetry/secretHeaders";
import type { PodObject } from "../../shared/kubernetes/objects";
import type { Access } from "../connection/access";
import { fullName } from "../inventory/mesh";
import { cut, endsByItself } from "../inventory/podFailures";
import { readPodLog } from "./podLog";

/**
 * What a server behind Jaeger answers instead of its data. One that stands before another explains it: who does not trust
 * a certificate cannot log in, and a server that is given up after that counts as unreachable.
 */
export const STORE_FAULTS = ["certificate", "login", "full", "shards", "schema", "unreachable"] as const;

/** See {@link STORE_FAULTS}. */
export type StoreFault = (typeof STORE_FAULTS)[number];

/** Which server it is: where traces are kept, or where they wait before that. */
export type StoreKind = "storage" | "kafka";

/** What a pod of Jaeger's wrote into its log about a server. */
export interface StoreError {
    store: StoreKind;
    fault: StoreFault;
    /** Whose log or answer it is, for people. */
    by: string;
    /** The last line about it, for people. */
    line: string;
    /** Attempts that failed. A log that repeats itself is thinned out, so there may be more. */
    attempts: number;
    /** Spans and names of services in the last of them; undefined if the line names no number. */
    documents: number | undefined;
}

/** A pod of Jaeger's, and whom it writes to or reads from. */
export interface StoreUser {
    pod: PodObject;
    stores: readonly StoreKind[];
}

/** Long enough for the doctor's own requests, and short enough that a former fault is over. */
const SECONDS = 60;
const LINES = "limitBytes=524288&tailLines=1000";
/** The maximum number of pods whose log to read. */
const PODS = 10;
const LONGEST = 300;

/**
 * Messages of Jaeger 2.13's clients: olivere/elastic, gocql, franz-go, and Go's TLS and network. Of servers: Elasticsearch,
 * OpenSearch, Cassandra and Kafka.
 */
const SAID: Record<StoreFault, RegExp> = {
    certificate: /x509: |tls: (?:failed to verify|bad certificate|unknown certificate|expired certificate)/,
    login: /Error 40[13] \(|HTTP 40[13]\b|status=40[13]\]|SASL_AUTHENTICATION_FAILED|SASL authentication failed|[A-Z]+_AUTHORIZATION_FAILED|username and\/or password|has no \w+ permission/i,
    full: /cluster_block_exception|read-only-allow-delete|flood-stage|no space left on device/i,
    shards: /maximum (?:normal )?shards open/i,
    schema: /unconfigured table|keyspace \S* ?does not exist|failed to find nested object under path|Text fields are not optimi[sz]ed|Fielddata is disabled|UNKNOWN_TOPIC_OR_PARTITION/i,
    unreachable:
        /connection refused|no such host|no route to host|i\/o timeout|no Elasticsearch node available|unable to dial|no hosts available|no response received from cassandra|unable to create session/i,
};
const ABOUT_KAFKA = /kafka|kgo|franz|SASL|_TOPIC_|TOPIC_AUTH/;
/** An ingester's receiver tells what the storage answered. */
const ABOUT_STORAGE = /elastic|gocql|cassandra|jaeger_storage/i;

/** Jaeger's own traces, which a query server in a pod of its own sends to nobody. */
const OF_ITSELF = /"grpc_log": ?true|traces export: /;

/** What is wrong with a server, by a line of the log of its client; undefined for a line about something else. */
export function faultIn(line: string): StoreFault | undefined {
    if (OF_ITSELF.test(line)) return undefined;
    return STORE_FAULTS.find((fault) => SAID[fault].test(line));
}

/** Jaeger's pods, each once, whether they are ready or not. */
export function storeUsers(
    collector: PodObject[],
    ingesters: PodObject[] | undefined,
    query: PodObject[],
): StoreUser[] {
    const users: StoreUser[] = [
        ...collector.map((pod) => ({ pod, stores: [ingesters === undefined ? "storage" : "kafka"] }) as const),
        ...(ingesters ?? []).map((pod) => ({ pod, stores: ["kafka", "storage"] }) as const),
        ...query.map((pod) => ({ pod, stores: ["storage"] }) as const),
    ];
    return [...new Map(users.reverse().map((user) => [fullName(user.pod), user])).values()].reverse();
}

/** What pods of Jaeger's have written about their servers in the last minute, or before they ended. */
export async function readStoreErrors(access: Access, users: StoreUser[]): Promise<StoreError[]> {
    const read = users.slice(0, PODS).map(async (user) => {
        const logs = await Promise.all(logsOf(user.pod).map((which) => readPodLog(access, user.pod, which)));
        return errorsIn(user, logs.join("\n"));
    });
    return (await Promise.all(read)).flat();
}

function logsOf({ spec, status }: PodObject): string[] {
    const container = (spec?.containers ?? []).find((one) => one.name !== "istio-proxy")?.name;
    if (container === undefined) return [];
    const log = `container=${container}&${LINES}`;
    const ended = (status?.containerStatuses ?? []).some((one) => one.name === container && endsByItself(one));
    return [`${log}&sinceSeconds=${String(SECONDS)}`, ...(ended ? [`${log}&previous=true`] : [])];
}

/** One error for each server and fault, with the newest line. */
export function errorsIn({ pod, stores }: StoreUser, log: string): StoreError[] {
    const found = new Map<string, StoreError>();
    for (const line of log.split("\n")) {
        // A search that fails is told as information.
        const isPlain = /\t(?:info|debug)\t/i.test(line) && !/"error": ?"/.test(line);
        const fault = isPlain ? undefined : faultIn(line);
        // A log can hold what its configuration does.
        if (fault === undefined || isSecretText(line)) continue;
        const store = storeIn(line, stores);
        const attempts = (found.get(`${store} ${fault}`)?.attempts ?? 0) + 1;
        const [, count] = /"failed_count": ?([1-9]\d*)/.exec(line) ?? /"request_count": ?(\d+)/.exec(line) ?? [];
        const documents = count === undefined ? undefined : Number(count);
        const about = { store, fault, by: `Pod ${fullName(pod)}`, line: describeLine(line) };
        found.set(`${store} ${fault}`, { ...about, attempts, documents });
    }
    return [...found.values()];
}

/** The server that a line is about, of those that its pod uses. */
export function storeIn(line: string, stores: readonly StoreKind[]): StoreKind {
    const [only = "storage", another] = stores;
    if (another === undefined) return only;
    return ABOUT_KAFKA.test(line) && !ABOUT_STORAGE.test(line) ? "kafka" : "storage";
}

/** The message of a line and its error, without the time, the place in the program, and the answer in full. */
function describeLine(line: string): string {
    const [, message = "", fields = ""] = /\t(?:error|warn|info)\t[^\t]*\t([^\t{]*)\t?(\{.*)?$/i.exec(line) ?? [];
    // Of a refused part of a batch, the reason says more than the error of the batch as a whole.
    const error = textOf("reason", fields) ?? textOf("error", fields);
    return cut(message === "" ? line : error === undefined ? message : `${message}: ${error}`, LONGEST);
}

function textOf(field: string, fields: string): string | undefined {
    return new RegExp(`"${field}": ?"((?:[^"\\\\]|\\\\.)*)"`).exec(fields)?.[1];
}
