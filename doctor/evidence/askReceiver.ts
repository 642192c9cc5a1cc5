import { connect, constants } from "node:http2";
import { isPlainObject } from "../../shared/values/plainObjects";

/** What a port was seen to take: a protocol of spans, any other HTTP, or no connection at all. */
export type Taken = "otlp-grpc" | "otlp-http" | "zipkin" | "other-grpc" | "other-http" | "closed";

const LIMIT_MS = 3000;
const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/** A gRPC message without content, which is an export of no span. */
const NO_SPANS = Buffer.alloc(5);

/** Offers a port exports without a span, by each protocol, as sidecars do with spans all the time. */
export async function askReceiver(url: string): Promise<Taken> {
    const byGrpc = await askGrpc(url);
    if (byGrpc !== undefined) return byGrpc;
    const otlp = await post(`${url}/v1/traces`, '{"resourceSpans":[]}');
    if (otlp === undefined) return "closed";
    if (otlp.status === 200 && isPlainObject(otlp.json)) return "otlp-http";
    const zipkin = await post(`${url}/api/v2/spans`, "[]");
    return zipkin?.status === 202 ? "zipkin" : "other-http";
}

/** Undefined for a port that speaks no gRPC. */
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
