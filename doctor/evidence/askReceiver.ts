import { connect, constants } from "node:http2";
import { isPlainObject } from "../../shared/values/plainObjects";
import { USUAL_PATHS } from "../inventory/collector";

/** The observed protocol of a port: a protocol of spans, any other HTTP, or no connection. */
export type Taken = "otlp-grpc" | "otlp-http" | "zipkin" | "other-grpc" | "other-http" | "closed";

const LIMIT_MS = 3000;
const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/** An empty gRPC message, which is an export without spans. */
const NO_SPANS = Buffer.alloc(5);

/** What a port accepts, and at which path if over HTTP. */
export interface ReceiverAnswer {
    taken: Taken;
    path?: string;
}

/**
 * Sends exports without spans to a port in each protocol, as sidecars send exports with spans.
 *
 * @param own path of the provider, which is asked before the usual ones
 */
export async function askReceiver(url: string, own?: string): Promise<ReceiverAnswer> {
    const byGrpc = await askGrpc(url);
    if (byGrpc !== undefined) return { taken: byGrpc };
    const paths = (usual: string): string[] => [...new Set([own ?? usual, usual])];
    for (const path of paths(USUAL_PATHS.opentelemetry)) {
        const otlp = await post(url + path, '{"resourceSpans":[]}');
        if (otlp === undefined) return { taken: "closed" };
        if (otlp.status === 200 && isPlainObject(otlp.json)) return { taken: "otlp-http", path };
    }
    for (const path of paths(USUAL_PATHS.zipkin)) {
        const zipkin = await post(url + path, "[]");
        if (zipkin?.status === 202) return { taken: "zipkin", path };
    }
    return { taken: "other-http" };
}

/** Undefined for a port without gRPC. */
function askGrpc(url: string): Promise<"otlp-grpc" | "other-grpc" | undefined> {
    return new Promise((resolve) => {
        const session = connect(url);
        const end = (taken: "otlp-grpc" | "other-grpc" | undefined): void => {
            clearTimeout(timer);
            session.destroy();
            resolve(taken);
        };
        const timer = setTimeout(end, LIMIT_MS, undefined);
        session.on("error", () => {
            end(undefined);
        });
        session.on("close", () => {
            end(undefined);
        });
        const stream = session.request({
            [constants.HTTP2_HEADER_METHOD]: "POST",
            [constants.HTTP2_HEADER_PATH]: EXPORT,
            [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/grpc",
            [constants.HTTP2_HEADER_TE]: "trailers",
        });
        let status: unknown;
        const note = (headers: Record<string, unknown>): void => {
            status ??= headers["grpc-status"];
        };
        stream.on("response", note);
        stream.on("trailers", note);
        stream.on("error", () => {
            end(undefined);
        });
        stream.on("end", () => {
            end(status === undefined ? undefined : Number(status) === 0 ? "otlp-grpc" : "other-grpc");
        });
        stream.resume();
        stream.end(NO_SPANS);
    });
}

async function post(url: string, body: string): Promise<{ status: number; json: unknown } | undefined> {
    const headers = { "content-type": "application/json" };
    const signal = AbortSignal.timeout(LIMIT_MS);
    const answer = await fetch(url, { method: "POST", headers, body, signal }).catch(() => undefined);
    if (answer === undefined) return undefined;
    const json: unknown = await answer.json().catch(() => undefined);
    return { status: answer.status, json };
}
