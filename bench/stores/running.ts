import type { Kafka } from "../../components/kafka";
import { renderJaegerConfig } from "../../components/render/jaegerConfig";
import type { JaegerRole } from "../../components/roles";
import { JAEGER_PORTS } from "../../shared/names/ports";
import { at } from "../../shared/values/plainObjects";
import { sumOf } from "../tier/parts";
import { startJaeger } from "./jaeger";
import { addressOf, type Place } from "./place";
import { KAFKA_PORT, OPENSEARCH_PORT, startKafka, TOPIC, type Server } from "./servers";
import type { Store } from "./stores";

/** A program that spans need: Jaeger, the server that stores them, or Kafka before it. */
export interface Member extends Server {
    part: "Jaeger" | "server" | "Kafka";
}

/** A store that runs, with Jaeger before it. */
export interface RunningStore {
    /** Address that takes OTLP/gRPC. */
    collector: string;
    queryUrl: string;
    members: readonly Member[];
    /** Spans that can be found, as far as one can tell without asking for each of them. */
    storedSpans: () => Promise<number>;
    /** Ends everything in order, so that what was written is on the disk. */
    stop: () => Promise<void>;
}

/** Where a store runs. */
export type StorePlace = Omit<Place, "host">;

/** Addresses of the programs of a store. */
const NUMBERS = { server: 1, Kafka: 2, collector: 3, ingester: 4, query: 5 };

/** Starts a store with nothing in it. */
export async function startStore(store: Store, about: StorePlace): Promise<RunningStore> {
    const members: Member[] = [];
    const stop = async (): Promise<void> => {
        for (const { program } of members.toReversed()) await program.stop();
    };
    const place = (who: keyof typeof NUMBERS): Place => ({ ...about, host: addressOf(NUMBERS[who], process.pid) });
    try {
        if (store.startServer !== undefined)
            members.push({ part: "server", ...(await store.startServer(place("server"))) });
        if (store.hasKafka === true) members.push({ part: "Kafka", ...(await startKafka(place("Kafka"))) });
        const storage = store.storage(place("server").host);
        const kafka = store.hasKafka === true ? topicAt(place("Kafka").host) : undefined;
        const roles: readonly (JaegerRole | undefined)[] = kafka ? ["collector", "ingester", "query"] : [undefined];
        for (const role of roles) {
            const config = renderJaegerConfig({ storage, extra: {}, role, kafka });
            const program = await startJaeger(`jaeger-${role ?? "all"}`, config, place(role ?? "collector"));
            members.push({ part: "Jaeger", program, data: "jaeger/" });
        }
    } catch (error) {
        await stop();
        throw error;
    }
    const [writer, query] =
        store.hasKafka === true ? (["ingester", "query"] as const) : (["collector", "collector"] as const);
    return {
        collector: place("collector").host,
        queryUrl: `http://${place(query).host}:${String(JAEGER_PORTS.queryHttp)}`,
        members,
        storedSpans: () =>
            store.showsLater === true ? documentsOf(place("server").host) : writtenBy(place(writer).host),
        stop: async () => {
            for (const { flush } of members) await flush?.();
            await stop();
        },
    };
}

function topicAt(host: string): Kafka {
    const { name: topic, partitions } = TOPIC;
    return { brokers: [`${host}:${String(KAFKA_PORT)}`], topic, partitions, mechanism: "SCRAM-SHA-512" };
}

/** Spans that Jaeger has written, by its own metrics. */
async function writtenBy(host: string): Promise<number> {
    const answer = await fetch(`http://${host}:${String(JAEGER_PORTS.metrics)}/metrics`);
    return sumOf(await answer.text(), "exporter_sent_spans");
}

/** Spans that a search in OpenSearch can find. */
async function documentsOf(host: string): Promise<number> {
    const answer = await fetch(`http://${host}:${String(OPENSEARCH_PORT)}/jaeger-span-*/_count`);
    // A new index does not answer yet.
    return answer.ok ? Number(at(await answer.json(), "count") ?? 0) : 0;
}
