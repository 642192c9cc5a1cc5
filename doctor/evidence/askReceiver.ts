import { connect, constants } from "node:http2";
import { isPlainObject } from "../../shared/values/plainObjects";

/** The observed protocol of a port: a protocol of spans, any other HTTP, or no connection. */
export type Taken = "otlp-grpc" | "otlp-http" | "zipkin" | "other-grpc" | "other-http" | "closed";

const LIMIT_MS = 3000;
const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/** An empty gRPC message, which is an export without spans. */
const NO_SPANS = Buffer.alloc(5);

/** Sends exports without spans to a port in each protocol, as sidecars send exports with spans. */
export async function askReceiver(url: string): Promise<Taken> {
    const byGrpc = await askGrpc(url);
    if (byGrpc !== undefined) return byGrpc;
    const otlp = await post(`${url}/v1/traces`, '{"resourceSpans":[]}');
    if (otlp === undefined) return "closed";
    if (otlp.status === 200 && isPlainObject(otlp.json)) return "otlp-http";
    const zipkin = await post(`${url}/api/v2/spans`, "[]");
    return zipkin?.status === 202 ? "zipkin" : "other-http";
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
