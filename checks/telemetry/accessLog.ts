import { type Manifest } from "../../shared/kubernetes/manifest";
import { at, listAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { tracingProvidersOf } from "../mesh/configuration";
import type { MeshConfigSource } from "../mesh/configurationSource";

/** What {@link checkAccessLog} expects of a format, and what to do about another. */
export const LOGGED_TRACE_ID = {
    expected: "%TRACE_ID% or %REQ(TRACEPARENT)%, which the OpenTelemetry provider fills",
    got: "B3 headers alone, which it leaves empty",
    cure: "Write trace_id=%TRACE_ID% traceparent=%REQ(TRACEPARENT)% into the format.",
};

/**
 * An access log that takes its ids from B3 headers, which the OpenTelemetry provider never writes: every line would say
 * `-` where the trace id should stand.
 */
export function checkAccessLog(mesh: MeshConfigSource): Finding[] {
    if (!fillsNoB3(mesh)) return [];
    return formats(mesh.config)
        .filter(({ format }) => hasB3Alone(format))
        .map(({ where }) => ({
            ...{ id: "access-log-trace-id", severity: "error", resource: `${mesh.resource} ${where}` },
            ...LOGGED_TRACE_ID,
        }));
}

/** True when no sidecar writes B3 headers: none of the mesh's providers is Zipkin's. */
export function fillsNoB3(mesh: Pick<MeshConfigSource, "resource" | "rootNamespace" | "config">): boolean {
    const kinds = tracingProvidersOf(mesh).map(({ kind }) => kind);
    return kinds.includes("opentelemetry") && !kinds.includes("zipkin");
}

/** True for a format that takes ids from B3 headers, and from nothing else. */
export function hasB3Alone(format: string): boolean {
    return /X-B3-TRACEID|%REQ\(B3\)/i.test(format) && !/%TRACE_ID%|%REQ\(TRACEPARENT/i.test(format);
}

/**
 * A log of the whole mesh in which no line tells the trace of its request; no matter if nothing is logged.
 *
 * @param resource the setting that holds the mesh configuration.
 */
export function checkTraceIdLogged(resource: string, config: Manifest): Finding[] {
    const { accessLogFile, accessLogFormat } = config;
    if (accessLogFile === "" || typeof accessLogFormat !== "string") return [];
    if (/%TRACE_ID%|%REQ\(TRACEPARENT|X-B3-TRACEID|%REQ\(B3\)/i.test(accessLogFormat)) return [];
    return [
        {
            id: "access-log-without-trace-id",
            severity: "warning",
            resource: `${resource}.accessLogFormat`,
            expected: "%TRACE_ID%, by which a line is found from its trace",
            got: accessLogFormat === "" ? "Istio's own format, which has none" : "a format without it",
            cure: LOGGED_TRACE_ID.cure,
        },
    ];
}

function formats(config: Manifest): { where: string; format: string }[] {
    const text = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value));
    return [
        { where: "accessLogFormat", format: text(config["accessLogFormat"]) },
        ...listAt(config, "extensionProviders").map((provider) => ({
            where: `provider ${String(provider["name"])}`,
            format: text(at(provider, "envoyFileAccessLog", "logFormat")),
        })),
    ];
}
