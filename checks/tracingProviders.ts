import { isSecretHeader } from "./secretHeaders";
import type { Finding } from "./finding";
import { at, isPlainObject, listAt, textAt } from "../shared/values/plainObjects";
import { isKind, type Manifest } from "../shared/kubernetes/manifest";
import type { TracingProvider } from "./meshConfig";

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
 * A collector by a name that istiod's registry does not have: sidecars then trace nothing, and requests go on as ever.
 *
 * @param objects of which every ServiceEntry makes its hosts known, whatever they look like.
 */
export function checkCollectorName({ resource, object, settings }: TracingProvider, objects: Manifest[]): Finding[] {
    const service = textAt(settings, "service");
    if (service === undefined) return [];
    const host = service.slice(service.indexOf("/") + 1);
    const labels = host.split(".");
    const entries = objects.filter((object) => isKind(object, "ServiceEntry", "networking.istio.io"));
    const known = entries.some((entry) => {
        const hosts = at(entry, "spec", "hosts");
        return Array.isArray(hosts) && hosts.includes(host);
    });
    // NAME, NAME.NAMESPACE and NAME.NAMESPACE.svc resolve in a pod, but are no names of the registry; nor is an address.
    const short = labels.length < 3 || labels.at(-1) === "svc" || /^[\d.]+$|:/.test(host);
    if (known || !short) return [];
    return [
        {
            id: "collector-fqdn",
            severity: "error",
            resource,
            object,
            expected: "the full name of a Service, NAME.NAMESPACE.svc.cluster.local, or a host of a ServiceEntry",
            got: service,
            cure: "Write the name in full; for a collector outside of the cluster add a ServiceEntry with that host.",
        },
    ];
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
