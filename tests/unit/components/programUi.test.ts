import assert from "node:assert/strict";
import { planProgram, type Plan, type PlannedResource } from "../../../plan";

const CREDENTIAL = { username: "anna", password: "geheim-geheim" };

function settings(ui: object, credential: object = CREDENTIAL): Record<string, string> {
    return {
        ui: JSON.stringify({ mode: "gateway", host: "traces.example.com", ...ui }),
        uiBasicAuth: JSON.stringify(credential),
    };
}

const of = (plan: Plan, kind: string, name: string): PlannedResource => {
    const found = plan.resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name);
    assert.ok(found, `${kind} ${name} is not registered`);
    return found;
};

describe("the gateway of the UI with an existing certificate", () => {
    let plan: Plan;
    before(async () => {
        const tls = { mode: "secret", secretName: "traces-tls" };
        plan = await planProgram(settings({ basePath: "/jaeger", tls }));
    });

    it("exports the address that a person opens, and the way of operators", () => {
        assert.equal(plan.outputs["jaegerUiUrl"], "https://traces.example.com/jaeger");
        assert.match(
            String(plan.outputs["jaegerUiCommand"]),
            /^kubectl port-forward -n istio-system svc\/jaeger-query/,
        );
    });

    it("serves below one path in Jaeger and in the route, without rewriting it", () => {
        const [config] = Object.values(of(plan, "ConfigMap", "jaeger-config").inputs["data"] as Record<string, string>);
        assert.match(config ?? "", /"base_path": "\/jaeger"/);
        const route = JSON.stringify(of(plan, "VirtualService", "jaeger-ui").inputs);
        assert.match(route, /"exact":"\/jaeger"/);
        assert.match(route, /"prefix":"\/jaeger\/"/);
        assert.doesNotMatch(route, /rewrite/);
    });

    it("leaves the namespace alone, since the certificate is there before", () => {
        assert.ok(!plan.resources.some((one) => one.type.endsWith(":Namespace") && one.name === "jaeger-ui"));
    });

    it("closes Jaeger before its pod is there, and starts it once sidecars can be injected", () => {
        const { dependencies } = of(plan, "Deployment", "jaeger");
        assert.ok(dependencies.includes("jaeger-access"), dependencies.join());
        assert.ok(of(plan, "AuthorizationPolicy", "jaeger-access").dependencies.includes("istio-istiod"));
    });

    it("keeps the password secret everywhere", () => {
        const secret = of(plan, "Secret", "jaeger-access-users");
        assert.match(JSON.stringify(secret.inputs["stringData"]), /4dabf18193072939515e22adb298388d.*geheim/);
        const others = plan.resources.filter((one) => one !== secret);
        const bare = JSON.stringify([others, plan.outputs]).replaceAll(
            '{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","value":"geheim-geheim"}',
            "",
        );
        assert.doesNotMatch(bare, /geheim/);
    });
});

describe("the gateway of the UI with cert-manager", () => {
    const tls = (issuer: object, more: object = {}): object => ({ tls: { mode: "certManager", issuer, ...more } });

    it("installs one with namespace and version, and orders issuer and certificate by readiness", async () => {
        const plan = await planProgram(settings(tls({ type: "selfSigned" }, { certManager: "install" })));
        const manager = of(plan, "CertManager", "jaeger-ui-manager");
        assert.equal(manager.type, "kubernetes-cert-manager:index:CertManager");
        assert.deepEqual(manager.inputs["helmOptions"], { namespace: "cert-manager", version: "v1.19.4" });
        const issuer = of(plan, "Issuer", "jaeger-ui");
        assert.ok(issuer.dependencies.includes("jaeger-ui-manager"), issuer.dependencies.join());
        const certificate = of(plan, "Certificate", "jaeger-ui");
        assert.ok(certificate.dependencies.includes("jaeger-ui"));
        for (const { inputs } of [issuer, certificate]) {
            assert.match(JSON.stringify(inputs), /"pulumi.com\/waitFor":"condition=Ready"/);
        }
        assert.match(JSON.stringify(of(plan, "Gateway", "jaeger-ui").inputs), /"credentialName":"jaeger-ui-tls"/);
    });

    it("takes one that is there, and an authority whose Secret is there", async () => {
        const plan = await planProgram(settings(tls({ type: "ca", secretName: "company-ca" })));
        assert.ok(!plan.resources.some((one) => one.type.endsWith(":CertManager")));
        assert.deepEqual(of(plan, "Issuer", "jaeger-ui").inputs["spec"], { ca: { secretName: "company-ca" } });
    });

    it("lets an ACME authority call back on port 80, and does not wait for what needs the gateway's address", async () => {
        const plan = await planProgram(settings(tls({ type: "acme", email: "ops@example.com" })));
        assert.doesNotMatch(JSON.stringify(of(plan, "Gateway", "jaeger-ui").inputs), /httpsRedirect/);
        assert.doesNotMatch(JSON.stringify(of(plan, "Certificate", "jaeger-ui").inputs), /waitFor/);
        const mesh = JSON.stringify(of(plan, "Release", "istio-istiod").inputs["values"]);
        assert.match(mesh, /"ingressSelector":"jaeger-gateway"/);
    });

    it("has the UI without encryption only where that is asked for by name", async () => {
        const plan = await planProgram(settings({ tls: { mode: "plainHttp" } }));
        assert.equal(plan.outputs["jaegerUiUrl"], "http://traces.example.com");
        assert.doesNotMatch(JSON.stringify(of(plan, "Gateway", "jaeger-ui").inputs), /HTTPS/);
    });
});

describe("the Service of the UI's gateway", () => {
    const tls = { mode: "plainHttp" };
    const serviceOf = async (ui: object): Promise<unknown> => {
        const plan = await planProgram(settings({ tls, ...ui }));
        return (of(plan, "Release", "jaeger-ui-gateway").inputs["values"] as { service: unknown }).service;
    };
    const ports = [{ name: "http2", port: 80, targetPort: 80, protocol: "TCP" }];

    it("says nothing of a load balancer that nobody asked for", async () => {
        assert.deepEqual(await serviceOf({}), { type: "LoadBalancer", ports });
    });

    it("has the annotations, class, address and ranges of an internal load balancer", async () => {
        const annotations = { "networking.gke.io/load-balancer-type": "Internal" };
        const service = { annotations, loadBalancerClass: "a.example.com/lb", loadBalancerIP: "10.1.2.3" };
        assert.deepEqual(await serviceOf({ service: { ...service, sourceRanges: ["10.0.0.0/8", "fd00::/8"] } }), {
            ...{ type: "LoadBalancer", ports, ...service },
            loadBalancerSourceRanges: ["10.0.0.0/8", "fd00::/8"],
        });
    });

    it("takes annotations of any type of Service, with values that the command line writes without quotes", async () => {
        const service = { annotations: { "example.com/internal": true } };
        assert.deepEqual(await serviceOf({ serviceType: "ClusterIP", service }), {
            ...{ type: "ClusterIP", ports },
            annotations: { "example.com/internal": "true" },
        });
    });
});
