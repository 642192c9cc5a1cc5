import { isKind, namespaceOf, nameOf, type Manifest } from "../../shared/kubernetes/manifest";
import { JAEGER_PORTS } from "../../shared/names/ports";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, isPlainObject, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding } from "../finding";
import { portsOf } from "../mesh/servicePorts";
import { jaegerConfigsOf } from "./configuration";

/** Ports of Jaeger's UI and query API: https://www.jaegertracing.io/docs/2.13/deployment/ */
const QUERY_PORTS: number[] = [JAEGER_PORTS.queryHttp, JAEGER_PORTS.queryGrpc];
/** Annotation that says so of a route, whose gateway the objects do not show. */
export const AUTHENTICATED_BY = "istio-tracing/authenticated-by";
/** Annotations that make an ingress controller require authentication. */
const INGRESS_AUTH = [
    "nginx.ingress.kubernetes.io/auth-url",
    "nginx.ingress.kubernetes.io/auth-type",
    "nginx.ingress.kubernetes.io/auth-tls-secret",
    "traefik.ingress.kubernetes.io/router.middlewares",
    "haproxy.org/auth-type",
    "alb.ingress.kubernetes.io/auth-type",
    "konghq.com/plugins",
];

/**
 * Reports a Jaeger UI that anybody outside the cluster can open. Traces show what was called, by whom and with what.
 */
export function checkUiExposure(objects: Manifest[], parseYaml: ParseYaml): Finding[] {
    const uis = objects.filter(isQueryService);
    const open = uis.filter((service) => !asksItself(service, objects, parseYaml));
    return [
        ...open.flatMap(checkService),
        ...objects.flatMap((object) => {
            const reached = routesTo(object).find(({ name, namespace }) => serves(open, name, namespace));
            if (reached === undefined || authenticatesBefore(object, objects)) return [];
            return [finding(object, `a route to ${reached.namespace}/${reached.name} without authentication`)];
        }),
    ];
}

function isQueryService(object: Manifest): boolean {
    return portsOf(object).some(
        ({ port, targetPort, name = "" }) =>
            QUERY_PORTS.includes(port) ||
            QUERY_PORTS.includes(Number(targetPort)) ||
            (/jaeger/.test(nameOf(object)) && /query/.test(`${name} ${nameOf(object)} ${String(targetPort)}`)),
    );
}

function serves(services: Manifest[], name: string, namespace: string): boolean {
    return services.some((service) => nameOf(service) === name && namespaceOf(service) === namespace);
}

function checkService(service: Manifest): Finding[] {
    const type = textAt(service, "spec", "type") ?? "ClusterIP";
    const external = at(service, "spec", "externalIPs");
    const by = ["LoadBalancer", "NodePort"].includes(type)
        ? `type ${type}`
        : Array.isArray(external) && external.length > 0
          ? "externalIPs"
          : undefined;
    return by === undefined ? [] : [finding(service, by)];
}

/** True if Jaeger's own query extension requires a password or a token. */
function asksItself(service: Manifest, objects: Manifest[], parseYaml: ParseYaml): boolean {
    const configs = objects.flatMap((object) => jaegerConfigsOf(object, parseYaml));
    return configs.some(
        ({ namespace, config }) =>
            (namespace ?? "default") === namespaceOf(service) &&
            isPlainObject(at(config, "extensions", "jaeger_query", "http", "auth")),
    );
}

/** The Services to which an object routes requests from outside the cluster. */
function routesTo(object: Manifest): { name: string; namespace: string }[] {
    const own = namespaceOf(object);
    if (isKind(object, "Ingress", "networking.k8s.io")) {
        const backends = [
            mapAt(object, "spec", "defaultBackend"),
            ...listAt(object, "spec", "rules").flatMap((rule) =>
                listAt(rule, "http", "paths").map((path) => mapAt(path, "backend")),
            ),
        ];
        return backends.map((backend) => ({ name: textAt(backend, "service", "name") ?? "", namespace: own }));
    }
    if (["HTTPRoute", "GRPCRoute"].some((kind) => isKind(object, kind, "gateway.networking.k8s.io"))) {
        return listAt(object, "spec", "rules")
            .flatMap((rule) => listAt(rule, "backendRefs"))
            .map((backend) => ({
                name: textAt(backend, "name") ?? "",
                namespace: textAt(backend, "namespace") ?? own,
            }));
    }
    if (isKind(object, "Route", "route.openshift.io"))
        return [{ name: textAt(object, "spec", "to", "name") ?? "", namespace: own }];
    if (!isKind(object, "VirtualService", "networking.istio.io")) return [];
    const gateways = at(object, "spec", "gateways");
    // Without a gateway, or only with "mesh", it applies only between sidecars.
    if (!Array.isArray(gateways) || gateways.every((gateway) => gateway === "mesh")) return [];
    return listAt(object, "spec", "http")
        .flatMap((route) => listAt(route, "route"))
        .map((route) => {
            const [name = "", namespace = own] = (textAt(route, "destination", "host") ?? "").split(".");
            return { name, namespace };
        });
}

/**
 * True if something in front of Jaeger authenticates users: the ingress controller, or the gateway with an
 * AuthorizationPolicy.
 */
function authenticatesBefore(route: Manifest, objects: Manifest[]): boolean {
    const annotations = mapAt(route, "metadata", "annotations");
    // The program writes it when the setting says that whoever runs the gateway authenticates.
    if (annotations[AUTHENTICATED_BY] !== undefined) return true;
    if (INGRESS_AUTH.some((annotation) => annotations[annotation] !== undefined)) return true;
    const namespaces = [namespaceOf(route), ...gatewayNamespaces(route)];
    return objects
        .filter((object) => isKind(object, "AuthorizationPolicy", "security.istio.io"))
        .filter((policy) => namespaces.includes(namespaceOf(policy)))
        .some((policy) => at(policy, "spec", "action") === "CUSTOM" || namesPrincipals(policy));
}

/** Namespaces of the gateways that a route names. */
function gatewayNamespaces(route: Manifest): string[] {
    const gateways = at(route, "spec", "gateways");
    const named = Array.isArray(gateways) ? gateways.map(String).filter((gateway) => gateway.includes("/")) : [];
    const parents = listAt(route, "spec", "parentRefs").map((parent) => textAt(parent, "namespace") ?? "");
    return [...named.map((gateway) => gateway.split("/")[0] ?? ""), ...parents];
}

function namesPrincipals(policy: Manifest): boolean {
    return listAt(policy, "spec", "rules")
        .flatMap((rule) => listAt(rule, "from"))
        .some((from) =>
            ["requestPrincipals", "notRequestPrincipals"].some((key) => Array.isArray(at(from, "source", key))),
        );
}

function finding(object: Manifest, got: string): Finding {
    return {
        ...{ id: "jaeger-ui-private", severity: "error", ...subjectOf(object), got },
        expected: "no access to Jaeger's UI from outside the cluster without authentication",
        cure:
            "Keep the Service's type ClusterIP and forward the port, or require authentication: a password in Jaeger's configuration, " +
            "or an identity provider at the gateway.",
    };
}
