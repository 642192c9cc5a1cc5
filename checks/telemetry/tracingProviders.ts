import { isPlainObject, listAt, textAt } from "../../shared/values/plainObjects";
import { serviceNamed, serviceOf } from "../collector/address";
import type { Finding } from "../finding";
import type { TracingProvider } from "../mesh/configuration";
import { lookUp, type ServiceRegistry } from "../mesh/serviceRegistry";
import { isSecretHeader } from "./secretHeaders";

/**
 * OTLP over HTTP without a path or a timeout. Without the path the collector answers 404 and every span is lost; without
 * the timeout Envoy rejects every listener, and new pods hang. Helm and Istio's webhook accept both.
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
            cure: "Set http: { path: /v1/traces, timeout: 3s }; Istio has no default for either.",
        },
    ];
}

/**
 * A collector by a name that istiod's registry does not have: sidecars then trace nothing, and requests go on as ever. Of
 * the full name of a Service it cannot be known here, since something else may make the Service.
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

/** What to do about a host that no object has; undefined for the full name of a Service. */
function cureOf(host: string): string | undefined {
    if (host.endsWith(".")) return "Remove the last dot: istiod compares names as they are written.";
    if (host !== host.toLowerCase()) return "Write the name in lower case, as Kubernetes does.";
    if (serviceOf(host) !== undefined && !host.endsWith(".svc")) return undefined;
    // NAME, NAME.NAMESPACE and NAME.NAMESPACE.svc resolve in a pod, but are no names of the registry; nor is an address.
    return "Write the name in full; for a collector outside of the cluster add a ServiceEntry with that host.";
}

/** Keys of a collector in plain text, where whoever may read the mesh configuration reads them. */
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
            expected: `the value of ${String(header["name"])} by envName, from a Secret in istiod's environment`,
            got: "a value in plain text, which is not shown",
            cure: "Put it into a Secret, give that to istiod by envVarFrom, name the variable as envName; change the key.",
        }));
}
