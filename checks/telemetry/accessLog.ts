import { type Manifest } from "../../shared/kubernetes/manifest";
import { at, listAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { tracingProvidersOf } from "../mesh/configuration";
import type { MeshConfigSource } from "../mesh/configurationSource";

/**
 * An access log that takes its ids from B3 headers, which the OpenTelemetry provider never writes: every line would say
 * `-` where the trace id should stand.
 */
export function checkAccessLog(mesh: MeshConfigSource): Finding[] {
    const kinds = tracingProvidersOf(mesh).map(({ kind }) => kind);
    if (!kinds.includes("opentelemetry") || kinds.includes("zipkin")) return [];
    return formats(mesh.config)
        .filter(
            ({ format }) => /X-B3-TRACEID|%REQ\(B3\)/i.test(format) && !/%TRACE_ID%|%REQ\(TRACEPARENT/i.test(format),
        )
        .map(({ where }) => ({
            id: "access-log-trace-id",
            severity: "error",
            resource: `${mesh.resource} ${where}`,
            expected: "%TRACE_ID% or %REQ(TRACEPARENT)%, which the OpenTelemetry provider fills",
            got: "B3 headers alone, which it leaves empty",
            cure: "Write trace_id=%TRACE_ID% traceparent=%REQ(TRACEPARENT)% into the format.",
        }));
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
