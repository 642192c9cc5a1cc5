import { fetchJson, JaegerClient, type Trace } from "../../shared/jaeger/client";
import { forEach, pause } from "../mesh/kubernetes";

/** An answer may take as long as this, in milliseconds. */
const ANSWER_MS = 60_000;
/** Questions at a time where only the answers matter. */
const AT_ONCE = 8;
/** What Jaeger's page asks for. */
const NEWEST = 20;
/** The tag whose value only one trace has. */
const RARE_TAG = "guid:x-request-id";

/** Asks Jaeger, and waits longer than a person would. */
export function clientOf(queryUrl: string): JaegerClient {
    return new JaegerClient(queryUrl, (address) => fetchJson(address, ANSWER_MS));
}

/** One search, and how long it took. */
export interface Search<T> {
    milliseconds: number;
    found: T;
}

/** Asks one question after another, and takes the time of each. */
export async function timeEach<Q, T>(
    questions: readonly Q[],
    signal: AbortSignal,
    ask: (question: Q) => Promise<T>,
): Promise<Search<T>[]> {
    const searches: Search<T>[] = [];
    for (const question of questions) {
        signal.throwIfAborted();
        const began = performance.now();
        const found = await ask(question);
        searches.push({ milliseconds: performance.now() - began, found });
    }
    return searches;
}

/** So many of the items, evenly over all of them. */
export function spread<T>(items: readonly T[], count: number): T[] {
    const step = Math.max(1, items.length / count);
    return Array.from({ length: Math.min(count, items.length) }, (_, index) => items[Math.floor(index * step)]).filter(
        (item) => item !== undefined,
    );
}

/** The values of the rare tag in traces. */
export function requestIds(traces: readonly (Trace | undefined)[]): string[] {
    return traces.flatMap((trace) => trace?.spans[0]?.tags[RARE_TAG] ?? []);
}

/** Finds the one trace with a value of the rare tag, by its first span. */
export function byRequestId(jaeger: JaegerClient, sinceMs: number): (id: string) => Promise<Trace[]> {
    return (id) => newest(jaeger, 1, { [RARE_TAG]: id }, sinceMs);
}

/** Finds the newest traces with an error, by their last span. */
export function byErrors(jaeger: JaegerClient, lastSpan: number, sinceMs: number): () => Promise<Trace[]> {
    return () => newest(jaeger, lastSpan, { "http.status_code": "503" }, sinceMs);
}

function newest(jaeger: JaegerClient, span: number, tags: Record<string, string>, sinceMs: number): Promise<Trace[]> {
    return jaeger.tracesOf(`service-${String(span)}.bench`, NEWEST, { tags, startMicros: sinceMs * 1000 });
}

/**
 * Asks for every trace by its ID, again and again while some of their spans are missing and new ones arrive.
 *
 * @param lateSeconds spans of which none has arrived for so long do not come.
 * @returns the spans that never came.
 */
export async function lostSpans(
    jaeger: JaegerClient,
    ids: readonly string[],
    spansPerTrace: number,
    signal: AbortSignal,
    lateSeconds = 30,
): Promise<number> {
    let missing = new Map(ids.map((id) => [id, spansPerTrace]));
    const sum = (): number => [...missing.values()].reduce((all, one) => all + one, 0);
    for (let since = performance.now(), last = sum(); missing.size > 0;) {
        const left = new Map<string, number>();
        await forEach([...missing.keys()], AT_ONCE, signal, async (id) => {
            const found = new Set((await jaeger.trace(id))?.spans.map(({ spanId }) => spanId)).size;
            if (found < spansPerTrace) left.set(id, spansPerTrace - found);
        });
        missing = left;
        if (sum() < last) [since, last] = [performance.now(), sum()];
        if (missing.size === 0 || performance.now() - since > lateSeconds * 1000) break;
        await pause(1);
    }
    return sum();
}
