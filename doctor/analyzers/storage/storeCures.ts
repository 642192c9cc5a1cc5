import type { Evidence } from "../../evidence";
import type { StoreFault, StoreKind } from "../../evidence/storeErrors";
import { podsBehind } from "../../inventory/collector";
import type { ConfiguredStore } from "../../inventory/stores";
import { restartCommands, rollableOf } from "../../inventory/workload";
import type { Command } from "../../remediation/commands";
import type { PodObject } from "../../../shared/kubernetes/objects";

/** What a server should do, and what to do if it does not. */
export interface StoreCure {
    expected: string;
    cure: string;
    /** @default none, where only a person can decide */
    commands?: Command[];
}

const SETTINGS = {
    storage: { of: "jaeger.storage", address: "jaeger.storage", password: "jaegerStoragePassword" },
    kafka: { of: "jaeger.kafka", address: "jaeger.kafka.brokers", password: "jaegerKafkaPassword" },
};

/** What a cure depends on beside the server itself. */
export interface CureContext {
    /** The topic of Kafka in which spans wait for the storage; undefined without one. */
    topic: string | undefined;
    /** What restarts Jaeger. */
    restart: Command[];
}

/** The cure for a fault of a server behind Jaeger. */
export function storeCure(
    store: StoreKind,
    fault: StoreFault,
    server: ConfiguredStore,
    context: CureContext,
): StoreCure {
    const { of, address, password } = SETTINGS[store];
    const { kind, servers, username } = server;
    const first = servers[0] ?? "HOST:PORT";
    switch (fault) {
        case "certificate":
            return {
                expected: `a certificate of ${kind} that Jaeger trusts`,
                cure:
                    `Look at it: openssl s_client -showcerts -connect ${hostOf(first)} </dev/null. Give Jaeger the authority that ` +
                    `signed it, and the name in it (stack settings: ${of}.tls.ca, ${of}.tls.serverName), then: pulumi up. Or give the ` +
                    "server a certificate of the authority that Jaeger trusts.",
            };
        case "login":
            return {
                expected: `a ${kind} that takes the login of ${username ?? "Jaeger, which has none"}`,
                cure:
                    `Give Jaeger the password that the server knows: pulumi config set --secret ${password}, then: pulumi up. Or give ` +
                    `the user on the server its former password, or the rights that it lacks (stack setting: ${of}.username).`,
            };
        case "full":
            return fullCure(store, server);
        case "shards":
            return shardsCure(server);
        case "schema":
            return store === "kafka" ? topicCure(first, context) : schemaCure(server, context);
        case "unreachable":
            return {
                expected: `a ${kind} that answers`,
                cure:
                    `Start it, or let Jaeger's pods reach it, or correct its address (stack setting: ${address}). Jaeger goes on by ` +
                    `itself when it answers. ${lossOf(store, context)}`,
            };
    }
}

/** What becomes of spans while the server is away. */
function lossOf(store: StoreKind, { topic }: CureContext): string {
    if (store === "storage" && topic !== undefined)
        return "Until then, spans wait in Kafka, for as long as the topic's retention.ms says.";
    return "Spans that come until then may be lost.";
}

function fullCure(store: StoreKind, { kind, servers, username, indexPrefix }: ConfiguredStore): StoreCure {
    const expected = `a ${kind} with room for spans`;
    if (store === "kafka" || kind === "Cassandra")
        return { expected, cure: "Add room to the disks of its nodes, or keep data there for a shorter time." };
    const url = (servers[0] ?? "https://HOST:9200").replace(/\/$/, "");
    const curl = `curl${username === undefined ? "" : ` -u ${username}`}`;
    return {
        expected,
        cure:
            `Look at the disks: ${curl} '${url}/_cat/allocation?v'. Delete old indices or add room; the server then lifts the block ` +
            `within a minute. If it does not: ${curl} -X PUT '${url}/${indexPrefix}jaeger-*/_settings' ` +
            `-H 'Content-Type: application/json' -d '{"index.blocks.read_only_allow_delete": null}'. ` +
            "To need less room, set jaeger.storage.retentionHours. Spans that come until then may be lost.",
    };
}

/** A search engine that makes no new index, mostly at midnight UTC, when Jaeger wants those of the next day. */
function shardsCure({ kind, servers, username }: ConfiguredStore): StoreCure {
    const url = (servers[0] ?? "https://HOST:9200").replace(/\/$/, "");
    const curl = `curl${username === undefined ? "" : ` -u ${username}`}`;
    return {
        expected: `a ${kind} that has room for the shards of new indices`,
        cure:
            `Delete old indices: ${curl} '${url}/_cat/indices?v&s=index' lists them, and jaeger.storage.retentionHours deletes ` +
            "those of Jaeger each day. Or let new ones have fewer shards than five " +
            "(indices.spans.shards and indices.services.shards of the storage in jaeger.config). Or raise the limit: " +
            `${curl} -X PUT '${url}/_cluster/settings' -H 'Content-Type: application/json' ` +
            `-d '{"persistent": {"cluster.max_shards_per_node": 2000}}'. Spans that arrive until then are lost.`,
    };
}

function schemaCure(
    { kind, servers, username, indexPrefix }: ConfiguredStore,
    { restart: commands }: CureContext,
): StoreCure {
    if (kind === "Cassandra")
        return {
            expected: "a keyspace with Jaeger's tables",
            cure: "Jaeger makes the keyspace and its tables when it starts, so restart it. Traces of a keyspace that was dropped are lost.",
            commands,
        };
    const url = (servers[0] ?? "https://HOST:9200").replace(/\/$/, "");
    const curl = `curl${username === undefined ? "" : ` -u ${username}`}`;
    const indices = ["span", "service"].map((name) => `${indexPrefix}jaeger-${name}-*`).join(",");
    return {
        expected: "indices with Jaeger's mapping, from its index templates",
        cure:
            "Jaeger makes its index templates when it starts, so restart it. Indices that were made without them keep the wrong " +
            `mapping, and nobody can search them: list them with ${curl} '${url}/${indices}/_mapping', and delete those in which ` +
            `serviceName is a text with: ${curl} -X DELETE ${url}/INDEX. Their traces are lost.`,
        commands,
    };
}

function topicCure(broker: string, { topic = "jaeger-spans" }: CureContext): StoreCure {
    return {
        expected: `the topic ${topic}, and the right to use it`,
        cure: `Make it: kafka-topics.sh --bootstrap-server ${broker} --create --topic ${topic} --partitions 12 --replication-factor 3 --config min.insync.replicas=2. If spans are still refused a minute later, restart Jaeger's collectors and ingesters.`,
    };
}

/** Commands that restart every workload of Jaeger's, those that write first. */
export function restartJaeger({ collector, ingesters, query, discovery }: Evidence): Command[] {
    const behind = query.service === undefined ? query.pods : podsBehind(query.service, discovery);
    const pods: PodObject[] = [...(collector?.pods ?? []), ...(ingesters?.pods ?? []), ...behind];
    const firsts = new Map(pods.map((pod) => [`${pod.metadata.namespace ?? ""}/${rollableOf(pod) ?? ""}`, pod]));
    return [...firsts.values()].flatMap(restartCommands);
}

function hostOf(server: string): string {
    return server.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}
