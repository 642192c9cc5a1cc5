import assert from "node:assert/strict";
import {
    checkIngressClass,
    checkParentGateway,
    PARENT_GATEWAY,
    type WantedRoute,
} from "../../../../checks/cluster/entrance";

const WANTED: WantedRoute = {
    host: "traces.example.com",
    tls: { mode: "external" },
    parent: { namespace: "gateways", name: "shared" },
    namespace: "istio-system",
};
const HTTPS = { name: "https", port: 443, protocol: "HTTPS", tls: { certificateRefs: [{ name: "wildcard" }] } };
const LABELS = { "kubernetes.io/metadata.name": "istio-system", routes: "allowed" };

function gateway(listeners: object[], conditions: object[] = []): object {
    return {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "Gateway",
        metadata: { name: "shared", namespace: "gateways" },
        spec: { gatewayClassName: "istio", listeners },
        status: { conditions },
    };
}

const got = (object: object | undefined, change: Partial<WantedRoute> = {}, isServed = true): string[] =>
    checkParentGateway({ ...WANTED, ...change }, isServed, object && PARENT_GATEWAY(object), LABELS).map(
        (finding) => `${finding.severity}: ${finding.got}`,
    );

describe("the gateway that a route of the UI names", () => {
    it("must be served by the cluster, and exist", () => {
        assert.deepEqual(got(undefined, {}, false), ["error: a cluster that does not serve it"]);
        assert.deepEqual(got(undefined), ["error: no such Gateway"]);
    });

    it("accepts the route from its own namespace unless it says otherwise", () => {
        assert.deepEqual(got(gateway([HTTPS])), ["error: https: allowedRoutes.namespaces.from is Same"]);
        assert.deepEqual(got(gateway([HTTPS]), { parent: { namespace: "istio-system", name: "shared" } }), []);
        const from = (value: object): object => ({ ...HTTPS, allowedRoutes: { namespaces: value } });
        assert.deepEqual(got(gateway([from({ from: "All" })])), []);
        assert.deepEqual(got(gateway([from({ from: "None" })])), [
            "error: https: allowedRoutes.namespaces.from is None",
        ]);
        const selector = (matchLabels: object): object => from({ from: "Selector", selector: { matchLabels } });
        assert.deepEqual(got(gateway([selector({ routes: "allowed" })])), []);
        assert.deepEqual(got(gateway([selector({ routes: "no" })])).length, 1);
    });

    it("must have a listener for the host, the protocol and the kind", () => {
        const all = { namespaces: { from: "All" } };
        const open = { ...HTTPS, allowedRoutes: all };
        assert.deepEqual(got(gateway([{ ...open, hostname: "*.example.com" }])), []);
        assert.deepEqual(got(gateway([{ ...open, hostname: "*.traces.example.com" }])), [
            "error: https: hostname *.traces.example.com",
        ]);
        assert.deepEqual(got(gateway([{ ...open, hostname: "example.com" }])), ["error: https: hostname example.com"]);
        const http = { name: "http", port: 80, protocol: "HTTP", allowedRoutes: all };
        assert.deepEqual(got(gateway([http])), ["error: http: protocol HTTP, not HTTPS"]);
        assert.deepEqual(got(gateway([http]), { tls: { mode: "plainHttp" } }), []);
        const grpc = { ...open, allowedRoutes: { ...all, kinds: [{ kind: "GRPCRoute" }] } };
        assert.deepEqual(got(gateway([grpc])), ["error: https: accepts only GRPCRoute"]);
        assert.deepEqual(got(gateway([http, grpc, open])), [], "one of them is enough");
        const section = { parent: { ...WANTED.parent, section: "https-2" } };
        assert.deepEqual(got(gateway([http, open]), section), ["error: the listeners http, https"]);
    });

    it("is reported when nobody has put it into effect", () => {
        const conditions = [{ type: "Programmed", status: "False", message: "no address" }];
        const open = { ...HTTPS, allowedRoutes: { namespaces: { from: "All" } } };
        assert.deepEqual(got(gateway([open], conditions)), ["warning: Programmed is False: no address"]);
    });
});

describe("the class of an Ingress", () => {
    const named = (
        name: string,
        isDefault = "false",
    ): { metadata: { name: string; annotations: Record<string, string> } } => ({
        metadata: { name, annotations: { "ingressclass.kubernetes.io/is-default-class": isDefault } },
    });

    it("must exist, or there must be a default", () => {
        assert.deepEqual(checkIngressClass("nginx", [named("nginx")]), []);
        assert.deepEqual(checkIngressClass(undefined, [named("nginx"), named("traefik", "true")]), []);
        assert.equal(checkIngressClass(undefined, [named("nginx")])[0]?.got, "nginx");
        assert.equal(checkIngressClass("nginx", [])[0]?.got, "nginx; the cluster has no IngressClass");
        assert.equal(checkIngressClass("nginx", [])[0]?.resource, "ui.ingress.className");
    });
});
