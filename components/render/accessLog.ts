import type { Collector } from "../collector";
import { atLeast } from "./releases";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";

/** Fields of a JSON log, each an Envoy format string or an object of fields. */
export type LogFields = PlainObject;

const PATH = "%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%";

/** The fields of the program's log in either encoding, in their order. */
export function renderLogFields(istioVersion: string, protocol: Collector["protocol"]): Record<string, string> {
    return {
        start_time: "%START_TIME%",
        method: "%REQ(:METHOD)%",
        path: PATH,
        protocol: "%PROTOCOL%",
        response_code: "%RESPONSE_CODE%",
        response_flags: "%RESPONSE_FLAGS%",
        duration_ms: "%DURATION%",
        ...renderTraceFields(istioVersion, protocol),
        request_id: "%REQ(X-REQUEST-ID)%",
        upstream_cluster: "%UPSTREAM_CLUSTER%",
        upstream_host: "%UPSTREAM_HOST%",
    };
}

/** The fields that link a request to its trace. */
export function renderTraceFields(istioVersion: string, protocol: Collector["protocol"]): Record<string, string> {
    return {
        trace_id: "%TRACE_ID%",
        ...spanIdField(istioVersion, protocol),
        traceparent: "%REQ(TRACEPARENT)%",
    };
}

/** The program's log as text, one line per request. */
export function renderTextFormat(istioVersion: string, protocol: Collector["protocol"]): string {
    const {
        start_time,
        method,
        path,
        protocol: version,
        response_code,
        response_flags,
        ...named
    } = renderLogFields(istioVersion, protocol);
    const rest = Object.entries(named).map(([name, operator]) => `${name}=${operator}`);
    return `[${start_time}] "${method} ${path} ${version}" ${response_code} ${response_flags} ${rest.join(" ")}\n`;
}

/** The fields of a JSON log from the text of a JSON object, as in Istio; undefined for any other text. */
export function readJsonFormat(text: unknown): LogFields | undefined {
    if (typeof text !== "string") return undefined;
    try {
        const fields: unknown = JSON.parse(text);
        return isPlainObject(fields) ? fields : undefined;
    } catch {
        return undefined;
    }
}

/**
 * The program's fields that are missing from the user's fields. A field with the same operator counts under any name.
 */
export function missingFields(fields: LogFields, ours: Record<string, string>): Record<string, string> {
    const given = JSON.stringify(fields).toUpperCase();
    return Object.fromEntries(Object.entries(ours).filter(([, operator]) => !given.includes(operator)));
}

function spanIdField(istioVersion: string, protocol: Collector["protocol"]): Record<string, string> {
    // Envoy's Zipkin tracer never fills %SPAN_ID%, but the B3 header that it writes contains the same ID.
    if (protocol === "zipkin") return { span_id: "%REQ(X-B3-SPANID)%" };
    return knowsSpanId(istioVersion) ? { span_id: "%SPAN_ID%" } : {};
}

/** Proxies before Istio 1.30 do not know %SPAN_ID%, and reject every listener that names it. */
export function knowsSpanId(istioVersion: string): boolean {
    return atLeast(istioVersion, 1, 30);
}
