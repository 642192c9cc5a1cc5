/** A span from Jaeger's query API, in simplified form. */
export interface Span {
    traceId: string;
    spanId: string;
    /** Empty for a span without a parent. */
    parentSpanId: string;
    service: string;
    operation: string;
    /** Microseconds since 1970. */
    startMicros: number;
    durationMicros: number;
    tags: Record<string, string>;
}

/** A trace with its spans in the order of their start. */
export interface Trace {
    traceId: string;
    spans: Span[];
}

interface ApiTrace {
    traceID: string;
    processes: Record<string, { serviceName: string }>;
    spans: {
        traceID: string;
        spanID: string;
        operationName: string;
        references?: { refType: string; spanID: string }[];
        startTime: number;
        duration: number;
        processID: string;
        tags?: { key: string; value: unknown }[];
    }[];
}

/** A filter for traces. */
export interface TraceFilter {
    /** One span of the service must have all of these tags. */
    tags?: Record<string, string>;
    /** Time range in which one of its spans started, in microseconds since 1970. */
    startMicros?: number;
    endMicros?: number;
}

/** Requests a URL or path and returns its JSON; undefined if there is no such thing. */
export type AskJson = (address: string) => Promise<unknown>;

/** Reads traces from Jaeger's query API (`/api/...`): https://www.jaegertracing.io/docs/2.13/apis/ */
export class JaegerClient {
    private readonly baseUrl: string;
    private readonly ask: AskJson;

    /**
     * @param baseUrl such as `http://127.0.0.1:16686`, with Jaeger's base path if it has one.
     * @param ask how to send requests: over HTTP, or through the API server of a cluster.
     */
    constructor(baseUrl: string, ask: AskJson = fetchJson) {
        this.baseUrl = baseUrl.replace(/\/+$/, "");
        this.ask = ask;
    }

    /** The newest traces in which a service took part. */
    async tracesOf(service: string, limit = 20, filter: TraceFilter = {}): Promise<Trace[]> {
        const query = new URLSearchParams({ service, limit: String(limit), lookback: "1h" });
        if (filter.tags !== undefined) query.set("tags", JSON.stringify(filter.tags));
        if (filter.startMicros !== undefined) query.set("start", String(filter.startMicros));
        if (filter.endMicros !== undefined) query.set("end", String(filter.endMicros));
        const body = await this.get<{ data: ApiTrace[] | null }>(`/api/traces?${query.toString()}`);
        return (body?.data ?? []).map(toTrace);
    }

    /** One trace; undefined if Jaeger does not have it yet. */
    async trace(traceId: string): Promise<Trace | undefined> {
        const body = await this.get<{ data: ApiTrace[] | null }>(`/api/traces/${encodeURIComponent(traceId)}`);
        const [found] = body?.data ?? [];
        return found === undefined ? undefined : toTrace(found);
    }

    /** Names of all services that sent spans. */
    async services(): Promise<string[]> {
        return (await this.get<{ data: string[] | null }>("/api/services"))?.data ?? [];
    }

    /** Whether there is a query API. */
    async answers(): Promise<boolean> {
        return (await this.get("/api/services")) !== undefined;
    }

    /** @returns the body; undefined if Jaeger does not know the path. */
    private async get<T>(path: string): Promise<T | undefined> {
        return (await this.ask(`${this.baseUrl}${path}`)) as T | undefined;
    }
}

/** An answer with an HTTP status other than success. */
export class StatusError extends Error {
    public readonly status: number;

    constructor(address: string, status: number) {
        super(`${address} answered ${String(status)}`);
        this.status = status;
    }
}

/** No answer in time; the next request may have one. */
export class NoAnswerError extends Error {
    constructor(address: string, limitMs: number, cause: unknown) {
        super(`${address} did not answer within ${String(limitMs / 1000)} s`, { cause });
    }
}

/**
 * Sends requests over HTTP. Sends a user and a password in the URL as basic authentication.
 * @param limitMs how long an answer may take, in milliseconds.
 * @throws NoAnswerError, StatusError.
 */
export async function fetchJson(address: string, limitMs = 5000): Promise<unknown> {
    const url = new URL(address);
    const [user, password] = [url.username, url.password].map(decodeURIComponent);
    url.username = url.password = "";
    const basic = Buffer.from(`${user ?? ""}:${password ?? ""}`).toString("base64");
    const headers: Record<string, string> = user === "" ? {} : { authorization: `Basic ${basic}` };
    try {
        const response = await fetch(url, { headers, signal: AbortSignal.timeout(limitMs) });
        if (response.status === 404) return undefined;
        if (!response.ok) throw new StatusError(url.href, response.status);
        return await response.json();
    } catch (error) {
        if ((error as Error).name === "TimeoutError") throw new NoAnswerError(url.href, limitMs, error);
        throw error;
    }
}

function toTrace(api: ApiTrace): Trace {
    const spans = api.spans.map((span) => ({
        traceId: span.traceID,
        spanId: span.spanID,
        parentSpanId: span.references?.find((reference) => reference.refType === "CHILD_OF")?.spanID ?? "",
        service: api.processes[span.processID]?.serviceName ?? "unknown",
        operation: span.operationName,
        startMicros: span.startTime,
        durationMicros: span.duration,
        tags: Object.fromEntries((span.tags ?? []).map(({ key, value }) => [key, String(value)])),
    }));
    return { traceId: api.traceID, spans: spans.sort((left, right) => left.startMicros - right.startMicros) };
}
