import { isPlainObject, listAt, textAt } from "../../shared/values/plainObjects";
import { serviceNamed, serviceOf } from "../collector/address";
import type { Finding } from "../finding";
import type { TracingProvider } from "../mesh/configuration";
import { lookUp, type ServiceRegistry } from "../mesh/serviceRegistry";
import { isSecretHeader } from "./secretHeaders";

/**
 * Reports OTLP over HTTP without a path or a timeout. Without the path, the collector answers 404 and every span is
 * lost. Without the timeout, Envoy rejects every listener, and new pods hang. Helm and Istio's webhook accept both.
 */
export function checkOtlpHttp({ resource, kind, settings }: TracingProvider): Finding[] {
    if (kind !== "opentelemetry" || !isPlainObject(settings["http"])) return [];
    const path = textAt(settings, "http", "path");
    const wrong = [
        path === undefined ? "no path" : !path.startsWith("/") && `the path ${path}`,
        textAt(settings, "http", "timeout") === undefined && "no timeout",
    ].filter((problem) => problem !== false);
    if (wrong.length === 0) return [];
    return [
        {
            id: "otlp-http-complete",
            severity: "error",
            resource,
            expected: "http with a path that starts with /, and a timeout",
            got: wrong.join(" and "),
            cure: "Set http: { path: /v1/traces, timeout: 3s }. Istio has no default for either.",
        },
    ];
}

/**
 * Reports a collector name that is not in istiod's registry. Sidecars then trace nothing, and requests continue as
 * before. The full name of a Service is not reported, because something else may create the Service.
 */
export function checkCollectorName(
    { resource, object, settings }: TracingProvider,
    registry: ServiceRegistry,
): Finding[] {
    const service = serviceNamed({ settings });
    if (service === undefined || lookUp(registry, service).outcome !== "unknown") return [];
    const host = service.slice(service.indexOf("/") + 1);
    const cure = cureOf(host);
    if (cure === undefined) return [];
    return [
        {
            id: "collector-fqdn",
            severity: "error",
            resource,
            object,
            expected: "the full name of a Service, NAME.NAMESPACE.svc.cluster.local, or a host of a ServiceEntry",
            got: service,
            cure,
        },
    ];
}

/** The cure for a host that no object has; undefined for the full name of a Service. */
function cureOf(host: string): string | undefined {
    if (host.endsWith(".")) return "Remove the trailing dot: istiod compares names literally.";
    if (host !== host.toLowerCase()) return "Write the name in lower case, as Kubernetes does.";
    if (serviceOf(host) !== undefined && !host.endsWith(".svc")) return undefined;
    // NAME, NAME.NAMESPACE and NAME.NAMESPACE.svc resolve in a pod, but are not in the registry. Neither are IP
    // addresses.
    return "Use the full name. For a collector outside the cluster, add a ServiceEntry with that host.";
}

/** Reports a collector's keys in plain text, where everybody who can read the mesh configuration can read them. */
export function checkProviderHeaders({ resource, settings }: TracingProvider): Finding[] {
    return [
        ...listAt(settings, "http", "headers"),
        ...listAt(settings, "grpc", "initialMetadata"),
        ...listAt(settings, "headers"),
    ]
        .filter((header) => isSecretHeader(textAt(header, "name") ?? "") && header["value"] !== undefined)
        .map((header) => ({
            id: "provider-headers-secret",
            severity: "error",
            resource,
            expected: `the value of ${String(header["name"])} through envName, from a Secret in istiod's environment`,
            got: "a value in plain text (not shown)",
            cure: "Store the value in a Secret, pass it to istiod with envVarFrom, and name the variable in envName. Then change the key.",
        }));
}
