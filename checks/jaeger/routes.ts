import { isKind, nameOf, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import { JAEGER_PORTS } from "../../shared/names/ports";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding } from "../finding";
import { jaegerConfigsOf } from "./configuration";

/** Port of Jaeger's UI: https://www.jaegertracing.io/docs/2.13/deployment/ */

/** A path that leads requests to Jaeger's UI. */
interface UiRoute {
    /** The object that defines the route. */
    route: Manifest;
    /** Namespace of Jaeger's Service. */
    namespace: string;
    /** The path as browsers request it; undefined for every path. */
    path: string | undefined;
    /** True if Jaeger receives another path than the browser requests. */
    rewritten: boolean;
}

/**
 * Reports a path outside Jaeger's base path, or one that is rewritten on the way. The page then loads without its
 * assets.
 */
export function checkBasePath(objects: Manifest[], parseYaml: ParseYaml): Finding[] {
    const configs = objects.flatMap((object) => jaegerConfigsOf(object, parseYaml));
    return checkRoutes(objects, (namespace) => {
        const config = configs.find((one) => one.namespace === namespace)?.config;
        return config && (textAt(config, "extensions", "jaeger_query", "base_path") ?? "");
    });
}

/**
 * The same check with known base paths.
 *
 * @param baseOf base path of the Jaeger in a namespace; undefined if there is none, or if it is unknown.
 */
export function checkRoutes(objects: Manifest[], baseOf: (namespace: string) => string | undefined): Finding[] {
    return objects.flatMap(uiRoutes).flatMap(({ route, namespace, path, rewritten }) => {
        const base = baseOf(namespace)?.replace(/\/$/, "");
        if (base === undefined) return [];
        const asked = (path ?? "/").replace(/\/$/, "");
        if (!rewritten && (asked === base || asked.startsWith(`${base}/`)) && (base !== "" || asked === "")) return [];
        return [
            {
                id: "jaeger-base-path",
                severity: "error" as const,
                ...subjectOf(route),
                expected: `the path ${base === "" ? "/" : base}, which is Jaeger's base path, without a rewrite`,
                got: `${path ?? "every path"}${rewritten ? ", rewritten on the way" : ""}`,
                cure: "Use the same path in Jaeger's base path and in the route, and remove any rewrite.",
            },
        ];
    });
}

/**
 * Reports a gateway that accepts requests for Jaeger's UI without encryption. Anybody on the network path can read
 * passwords and traces.
 */
export function checkUiEncrypted(objects: Manifest[]): Finding[] {
    const bound = objects.flatMap(uiRoutes).flatMap(({ route }) => gatewaysOf(route));
    return objects
        .filter((object) => isKind(object, "Gateway", "networking.istio.io"))
        .filter((gateway) => bound.includes(`${namespaceOf(gateway)}/${nameOf(gateway)}`))
        .flatMap((gateway) =>
            listAt(gateway, "spec", "servers")
                .filter((server) => /^(HTTP|HTTP2|GRPC)$/.test(textAt(server, "port", "protocol") ?? ""))
                .filter((server) => at(server, "tls", "httpsRedirect") !== true)
                .map((server) => ({
                    id: "jaeger-ui-encrypted",
                    severity: "error" as const,
                    ...subjectOf(gateway),
                    expected: "TLS, or a redirect to it, on every port for Jaeger's UI",
                    got: `${textAt(server, "port", "protocol") ?? ""} at port ${String(at(server, "port", "number"))}`,
                    cure: "Set ui.tls.mode to certManager or secret, or give the server tls: { httpsRedirect: true }.",
                })),
        );
}

function uiRoutes(object: Manifest): UiRoute[] {
    if (isKind(object, "VirtualService", "networking.istio.io")) return virtualServiceRoutes(object);
    if (isKind(object, "HTTPRoute", "gateway.networking.k8s.io")) return httpRoutes(object);
    if (!isKind(object, "Ingress", "networking.k8s.io")) return [];
    const rewritten = Object.keys(mapAt(object, "metadata", "annotations")).some((name) => /rewrite-target/.test(name));
    return listAt(object, "spec", "rules")
        .flatMap((rule) => listAt(rule, "http", "paths"))
        .filter((path) => at(path, "backend", "service", "port", "number") === JAEGER_PORTS.queryHttp)
        .map((path) => ({
            ...{ route: object, namespace: namespaceOf(object), rewritten },
            path: textAt(path, "path"),
        }));
}

function httpRoutes(route: Manifest): UiRoute[] {
    return listAt(route, "spec", "rules").flatMap((rule) => {
        const backend = listAt(rule, "backendRefs").find((one) => at(one, "port") === JAEGER_PORTS.queryHttp);
        if (backend === undefined) return [];
        const namespace = textAt(backend, "namespace") ?? namespaceOf(route);
        const rewritten = listAt(rule, "filters").some((filter) => at(filter, "urlRewrite", "path") !== undefined);
        const paths = listAt(rule, "matches").map((match) => textAt(match, "path", "value"));
        return (paths.length === 0 ? [undefined] : paths).map((path) => ({ route, namespace, path, rewritten }));
    });
}

function virtualServiceRoutes(route: Manifest): UiRoute[] {
    return listAt(route, "spec", "http").flatMap((rule) => {
        const destination = listAt(rule, "route")
            .map((one) => mapAt(one, "destination"))
            .find((one) => at(one, "port", "number") === JAEGER_PORTS.queryHttp);
        if (destination === undefined) return [];
        const [, namespace = namespaceOf(route)] = (textAt(destination, "host") ?? "").split(".");
        const rewrite = textAt(rule, "rewrite", "uri");
        const matches = listAt(rule, "match");
        const paths = matches.map((match) => textAt(match, "uri", "prefix") ?? textAt(match, "uri", "exact"));
        return (paths.length === 0 ? [undefined] : paths).map((path) => ({
            ...{ route, namespace, path },
            rewritten: rewrite !== undefined && rewrite !== path,
        }));
    });
}

/** `NAMESPACE/NAME` of the Gateways that a VirtualService names. */
function gatewaysOf(route: Manifest): string[] {
    const gateways = at(route, "spec", "gateways");
    const names = Array.isArray(gateways) ? gateways.map(String) : [];
    return names.map((name) => (name.includes("/") ? name : `${namespaceOf(route)}/${name}`));
}
