import { type Manifest } from "../../shared/kubernetes/manifest";
import { at, listAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { tracingProvidersOf } from "../mesh/configuration";
import type { MeshConfigSource } from "../mesh/configurationSource";

/** What {@link checkAccessLog} expects of a format, and the cure. */
export const LOGGED_TRACE_ID = {
    expected: "%TRACE_ID% or %REQ(TRACEPARENT)%, which the OpenTelemetry provider fills",
    got: "only B3 headers, which that provider leaves empty",
    cure: "Add trace_id=%TRACE_ID% traceparent=%REQ(TRACEPARENT)% to the format.",
};

/**
 * Reports an access log that takes its IDs from B3 headers, which the OpenTelemetry provider never writes. Every line
 * would contain `-` instead of the trace ID.
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

/** True if no sidecar writes B3 headers, because no provider of the mesh is a Zipkin provider. */
export function fillsNoB3(mesh: Pick<MeshConfigSource, "resource" | "rootNamespace" | "config">): boolean {
    const kinds = tracingProvidersOf(mesh).map(({ kind }) => kind);
    return kinds.includes("opentelemetry") && !kinds.includes("zipkin");
}

/** True for a format that takes IDs only from B3 headers. */
export function hasB3Alone(format: string): boolean {
    return /X-B3-TRACEID|%REQ\(B3\)/i.test(format) && !/%TRACE_ID%|%REQ\(TRACEPARENT/i.test(format);
}

/**
 * Reports a mesh-wide access log without trace IDs. A mesh that logs nothing is accepted.
 *
 * @param resource the setting that contains the mesh configuration.
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
            expected: "%TRACE_ID%, which links a line to its trace",
            got: accessLogFormat === "" ? "Istio's default format, which has no trace ID" : "a format without it",
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
