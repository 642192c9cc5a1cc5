import { addNote } from "../mesh/numbers";
import type { Section, SectionResult } from "../section";
import { SPANS_PER_TRACE } from "../stores/filling";
import { measureStore, type Sizes } from "../stores/measure";
import { STORES } from "../stores/stores";

/** 100 000 spans, of which the first half lets Java compile what it runs often. */
const SIZES: Sizes = { warmUpTraces: 4167, traces: 4167, searches: 100 };
/** 36 000 spans where searches are not measured. */
const SMALL: Sizes = { ...SIZES, warmUpTraces: 1500, traces: 1500 };

/** Section 9: what Jaeger's stores take and give. */
export const stores: Section = {
    name: "stores",
    title: "What the stores of Jaeger take and give",
    usualMinutes: 10,
    run: async (context, result) => {
        addNotes(result);
        for (const store of STORES) {
            context.signal.throwIfAborted();
            await measureStore(store, store.isSearched === false ? SMALL : SIZES, context, result);
        }
    },
};

function addNotes(result: SectionResult): void {
    addNote(
        result,
        "Jaeger 2.13 runs with the configuration that this program renders for each store, in roles with Kafka, and in one " +
            "process otherwise. It is a process of the machine, as the servers and the sender are: there is no cluster, no " +
            "TLS and no login. Each server is one node with one copy of each span, a Java heap of at most 1 GiB, and its own " +
            "defaults. One store runs at a time, and begins empty.",
    );
    addNote(
        result,
        `A trace has ${String(SPANS_PER_TRACE)} spans of as many services, with the 21 attributes of Envoy's. They come by ` +
            "OTLP/gRPC in exports of 25 spans, of which 48 to 60 wait for their answer, and as fast as they are taken. A span " +
            "is in the store when a search can find it: by Jaeger's own counter of what it has written, or by the count of " +
            "OpenSearch, which shows later what it has. Afterwards, every acknowledged trace is read by its ID, and spans " +
            "that are missing are counted as lost.",
    );
    addNote(
        result,
        "The sender has the same cores, so spans per second say how the stores compare, and CPU seconds how many cores a " +
            "load takes. These are those of the processes until they rest again, so that files which are merged later count " +
            "too. The first half of the spans is in no figure of these, since Java is slow until it has compiled what it runs " +
            "often; the other half comes in as many parts as there are repeats. Sizes on the disk are those of all spans, after " +
            "the server has ended in order.",
    );
    addNote(
        result,
        "Searches ask Jaeger's API, in a store with 100 000 spans, one at a time. The first search finds traces that were " +
            "never read before, although the machine may still have them in memory. The second one asks the same again. With " +
            "Kafka before it, Cassandra is searched in the same way, so only 36 000 spans are sent, and searches are not " +
            "measured. One ingester reads 48 partitions; it writes the spans of a partition one after another, so with fewer " +
            "partitions it is slower.",
    );
}
