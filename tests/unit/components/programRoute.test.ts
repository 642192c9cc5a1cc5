import assert from "node:assert/strict";
import { checkUiExposure } from "../../../checks/jaeger/exposure";
import { checkBasePath } from "../../../checks/jaeger/routes";
import { resolveJaegerRoute, type JaegerRouteArgs } from "../../../components/jaegerRoute";
import { manifestsOf, planProgram, type Plan } from "../../../plan";
import { parseYaml } from "../../../policy/yaml";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import { at, listAt, mapAt } from "../../../shared/values/plainObjects";
import { assertRefused } from "./refusals";

const CREDENTIAL = { uiBasicAuth: '{"username":"anna","password":"geheim-geheim"}' };
const ROUTE = {
    ...{ mode: "httpRoute", host: "traces.example.com", basePath: "/jaeger", tls: { mode: "external" } },
    parentGateway: { namespace: "gateways", name: "shared", section: "https" },
};
const INGRESS = {
    ...{ mode: "ingress", host: "traces.example.com", basePath: "/jaeger" },
    ingress: { className: "nginx", annotations: { "nginx.ingress.kubernetes.io/proxy-buffer-size": "8k" } },
    tls: { mode: "secret", secretName: "traces-tls" },
};

const planned = (ui: object, further: Record<string, string> = CREDENTIAL): Promise<Plan> =>
    planProgram({ ui: JSON.stringify(ui), ...further });
const one = (plan: Plan, kind: string): Manifest => {
    const [found, ...more] = manifestsOf(plan).filter((object) => object.kind === kind);
    assert.ok(found !== undefined && more.length === 0, `${String(more.length + 1)} of ${kind}`);
    return found;
};
const kinds = (plan: Plan): string[] => manifestsOf(plan).map(({ kind }) => String(kind));
const findings = (plan: Plan): unknown[] => [
    ...checkUiExposure(manifestsOf(plan), parseYaml),
    ...checkBasePath(manifestsOf(plan), parseYaml),
];

describe("the UI at a gateway of the Gateway API", () => {
    it("has a route beside Jaeger, at one listener, to the same path as Jaeger serves", async () => {
        const plan = await planned(ROUTE);
        const route = one(plan, "HTTPRoute");
        assert.equal(at(route, "metadata", "namespace"), "istio-system");
        assert.deepEqual(at(route, "spec", "parentRefs"), [
            { namespace: "gateways", name: "shared", sectionName: "https" },
        ]);
        const [rule] = listAt(route, "spec", "rules");
        assert.deepEqual(at(rule, "matches"), [{ path: { type: "PathPrefix", value: "/jaeger" } }]);
        assert.deepEqual(at(rule, "backendRefs"), [{ name: "jaeger-query", port: 16686 }]);
        assert.deepEqual(findings(plan), []);
        assert.equal(plan.outputs["jaegerUiUrl"], "https://traces.example.com/jaeger");
    });

    it("makes a browser ask for the password that Jaeger wants, and only then", async () => {
        const header = (plan: Plan): boolean => JSON.stringify(one(plan, "HTTPRoute")).includes("WWW-Authenticate");
        assert.equal(header(await planned(ROUTE)), true);
        const open = await planned({ ...ROUTE, authentication: "open" }, {});
        assert.equal(header(open), false);
        assert.equal(findings(open).length, 1);
    });

    it("installs no gateway, and needs no chart of one", async () => {
        const found = kinds(await planned(ROUTE));
        for (const kind of ["Gateway", "VirtualService", "NetworkPolicy", "Ingress"])
            assert.ok(!found.includes(kind), kind);
        assert.equal(found.filter((kind) => kind === "Release").length, 2);
    });

    it("lets nobody but the gateway's namespace query, where the setting names it", async () => {
        const external = { ...ROUTE, authentication: "external", from: { namespace: "gateways" } };
        const plan = await planned(external, {});
        const policy = one(plan, "NetworkPolicy");
        const rules = listAt(policy, "spec", "ingress");
        const ports = rules.map((rule) => listAt(rule, "ports").map(({ port }) => port));
        assert.deepEqual(ports, [[4317, 4318, 9411, 13133, 8888], [16686]]);
        const [from] = listAt(rules[1], "from");
        assert.deepEqual(mapAt(from, "namespaceSelector", "matchLabels"), {
            "kubernetes.io/metadata.name": "gateways",
        });
        assert.deepEqual(findings(plan), [], "the policy pack knows that the gateway authenticates");
    });

    it("lets the gateway's identity alone query, where Jaeger has a sidecar", async () => {
        const from = { namespace: "gateways", serviceAccount: "shared-istio" };
        const plan = await planned({ ...ROUTE, jaegerAccess: "mesh", from });
        assert.match(
            JSON.stringify(one(plan, "AuthorizationPolicy")),
            /cluster\.local\/ns\/gateways\/sa\/shared-istio/,
        );
        assert.ok(!kinds(plan).includes("NetworkPolicy"));
    });
});

describe("the UI by an Ingress", () => {
    it("has one beside Jaeger, with its class, its annotations and its certificate", async () => {
        const plan = await planned(INGRESS);
        const ingress = one(plan, "Ingress");
        assert.equal(at(ingress, "spec", "ingressClassName"), "nginx");
        assert.equal(mapAt(ingress, "metadata", "annotations")["nginx.ingress.kubernetes.io/proxy-buffer-size"], "8k");
        assert.deepEqual(at(ingress, "spec", "tls"), [{ hosts: ["traces.example.com"], secretName: "traces-tls" }]);
        const [path] = listAt(listAt(ingress, "spec", "rules")[0], "http", "paths");
        assert.deepEqual([path?.["path"], path?.["pathType"]], ["/jaeger", "Prefix"]);
        assert.deepEqual(findings(plan), []);
    });

    it("leaves the class to the cluster, and the certificate to the controller", async () => {
        const plan = await planned({ ...INGRESS, ingress: undefined, tls: { mode: "plainHttp" } });
        const { spec } = one(plan, "Ingress") as { spec: object };
        assert.deepEqual(Object.keys(spec), ["rules"]);
        assert.equal(plan.outputs["jaegerUiUrl"], "http://traces.example.com/jaeger");
    });
});

describe("JaegerRoute", () => {
    const route: JaegerRouteArgs["route"] = {
        mode: "ingress",
        host: "traces.example.com",
        basePath: "/",
        authentication: { mode: "open" },
        tls: { mode: "external" },
    };
    const least: JaegerRouteArgs = { namespace: "istio-system", route };

    it("takes every route that the setting ui can say", () => {
        const parent = { namespace: "gateways", name: "shared" };
        for (const one of [
            route,
            { ...route, className: "nginx", annotations: { a: "b" }, tls: { mode: "secret", secretName: "a" } },
            { ...route, mode: "httpRoute", parent, from: { namespace: "gateways" } },
        ] as JaegerRouteArgs["route"][])
            assert.deepEqual(resolveJaegerRoute("x", { ...least, route: one }).route, one);
    });

    it("refuses what is incomplete, wrong in itself or of another type", () => {
        assertRefused(resolveJaegerRoute, least, {
            namespace: ["", 5],
            meshOnly: ["yes"],
            route: [
                ...[{}, null, "ingress", { ...route, mode: "gateway" }, { ...route, host: "A b" }],
                ...[
                    { ...route, mode: "httpRoute" },
                    { ...route, tls: { mode: "secret" } },
                ],
                { ...route, authentication: { mode: "external" } },
            ],
        });
    });
});
