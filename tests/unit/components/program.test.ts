import assert from "node:assert/strict";
import { createAuthority } from "../../../shared/certificates/x509";
import { SettingsError } from "../../../components/settings/problems";
import { planProgram, type Plan, type PlannedResource } from "../../../plan";
import { MANAGED_BY_LABEL } from "../../../shared/names/kubernetes";
import { setPaths } from "../../../shared/stacks/settingPaths";
import { at } from "../../../shared/values/plainObjects";

const MADE_BY_PULUMI = { [MANAGED_BY_LABEL]: "pulumi" };

const of = (plan: Plan, type: string, name: string): PlannedResource => {
    const found = plan.resources.find((one) => one.type === type && one.name === name);
    assert.ok(found, `${type} ${name} is not registered`);
    return found;
};
const metadataNames = (plan: Plan, type: string): string[] =>
    plan.resources
        .filter((one) => one.type === type)
        .map((one) => (one.inputs["metadata"] as { name?: string }).name ?? "-")
        .sort();

describe("the program", () => {
    let plan: Plan;
    before(async () => {
        plan = await planProgram({ samplingPercent: "25" });
    });

    it("uses the fixed names that users and tools rely on", () => {
        assert.deepEqual(metadataNames(plan, "kubernetes:core/v1:Namespace"), ["demo", "istio-system"]);
        assert.deepEqual(metadataNames(plan, "kubernetes:apps/v1:Deployment"), ["backend", "frontend", "jaeger"]);
        assert.deepEqual(metadataNames(plan, "kubernetes:core/v1:Service"), [
            "backend",
            "jaeger-collector",
            "jaeger-query",
        ]);
        assert.deepEqual(metadataNames(plan, "kubernetes:telemetry.istio.io/v1:Telemetry"), ["mesh-default"]);
    });

    it("puts every child under its component", () => {
        const parents = Object.fromEntries(
            plan.resources.map((one) => [`${one.type.split(":").pop() ?? ""} ${one.name}`, one.parent]),
        );
        assert.equal(parents["Release istio-base"], "istio");
        assert.equal(parents["Release istio-istiod"], "istio");
        assert.equal(parents["Telemetry mesh-default"], "mesh-default");
        assert.equal(parents["Deployment jaeger"], "jaeger");
        assert.equal(parents["Deployment frontend"], "frontend");
        assert.equal(parents["Service backend"], "backend");
        assert.equal(parents["Namespace demo"], undefined);
    });

    it("installs istiod after the CRDs, and everything that needs istiod after istiod", () => {
        const waits = (type: string, name: string): string[] => of(plan, type, name).dependencies;
        assert.ok(waits("kubernetes:helm.sh/v3:Release", "istio-istiod").includes("istio-base"));
        assert.ok(waits("istio-tracing:components:MeshTracing", "mesh-default").includes("istio-istiod"));
        assert.ok(waits("kubernetes:apps/v1:Deployment", "frontend").includes("istio-istiod"));
        assert.ok(waits("kubernetes:apps/v1:Deployment", "backend").includes("istio-istiod"));
    });

    it("leaves a field in each namespace, by which repair knows the namespace of a killed run again", () => {
        const namespaces = plan.resources.filter(({ type }) => type === "kubernetes:core/v1:Namespace");
        assert.ok(namespaces.length > 1);
        for (const { inputs } of namespaces) assert.equal(at(inputs, "metadata", "labels", MANAGED_BY_LABEL), "pulumi");
    });

    it("starts Jaeger without waiting for Istio", () => {
        const waits = of(plan, "kubernetes:apps/v1:Deployment", "jaeger").dependencies;
        assert.ok(!waits.some((name) => name.startsWith("istio-istiod") || name === "istio-base"), waits.join());
    });

    it("gives sidecars to the demo's namespace only", () => {
        const labels = (name: string): unknown =>
            (of(plan, "kubernetes:core/v1:Namespace", name).inputs["metadata"] as { labels?: unknown }).labels;
        assert.deepEqual(labels("demo"), { ...MADE_BY_PULUMI, "istio-injection": "enabled" });
        assert.deepEqual(labels("istio-system"), MADE_BY_PULUMI);
    });

    it("lets the cluster name Jaeger's ConfigMap, so that a new configuration is a new object", () => {
        assert.deepEqual(metadataNames(plan, "kubernetes:core/v1:ConfigMap"), ["-"]);
    });

    it("exports the UI, a command that reaches it, and what is in force", () => {
        assert.deepEqual(plan.outputs, {
            jaegerUiUrl: "http://jaeger-query.istio-system.svc.cluster.local:16686",
            jaegerUiCommand: "kubectl port-forward -n istio-system svc/jaeger-query 16686:16686",
            collectorAddress: "jaeger-collector.istio-system.svc.cluster.local:4317",
            samplingPercent: 25,
            effectiveSampling: {
                demo: { percent: 25, decidedBy: "samplingPercent" },
                "*": { percent: 25, decidedBy: "samplingPercent" },
            },
            istioVersion: "1.31.1",
            // Only a stack that asks for them has these.
            ...{ grafanaDataSources: undefined, kialiTracing: undefined },
        });
    });

    it("gives every container a pinned image, a size, a restricted security context and probes", () => {
        const deployments = plan.resources.filter((one) => one.type === "kubernetes:apps/v1:Deployment");
        assert.equal(deployments.length, 3);
        for (const { name, inputs } of deployments) {
            const pod = (inputs as unknown as { spec: { template: { spec: PodSpec } } }).spec.template.spec;
            assert.equal(pod.securityContext.runAsNonRoot, true, name);
            for (const container of pod.containers) {
                assert.match(container.image, /:[0-9]/, name);
                assert.ok(container.resources.requests.memory && container.resources.limits.memory, name);
                assert.equal(container.securityContext.allowPrivilegeEscalation, false, name);
                assert.equal(container.securityContext.readOnlyRootFilesystem, true, name);
                assert.ok(container.livenessProbe && container.startupProbe, name);
            }
        }
    });

    it("names every Service port and says its protocol", () => {
        for (const { name, inputs } of plan.resources.filter((one) => one.type === "kubernetes:core/v1:Service")) {
            for (const port of (inputs as unknown as { spec: { ports: { name?: string; appProtocol?: string }[] } })
                .spec.ports) {
                assert.ok(port.name && port.appProtocol, name);
            }
        }
    });
});

interface PodSpec {
    securityContext: { runAsNonRoot: boolean };
    containers: {
        image: string;
        resources: { requests: { memory?: string }; limits: { memory?: string } };
        securityContext: { allowPrivilegeEscalation: boolean; readOnlyRootFilesystem: boolean };
        livenessProbe?: object;
        startupProbe?: object;
    }[];
}

describe("the program's chart source", () => {
    const release = async (config: Record<string, string>): Promise<Record<string, unknown>> =>
        of(await planProgram(setPaths({}, config)), "kubernetes:helm.sh/v3:Release", "istio-istiod").inputs;

    it("is Istio's repository with a pinned version by default", async () => {
        const inputs = await release({});
        assert.equal(inputs["chart"], "istiod");
        assert.equal(inputs["version"], "1.31.1");
        assert.deepEqual(inputs["repositoryOpts"], { repo: "https://blob.istio.io/istio-release/charts" });
    });

    it("may be an OCI registry", async () => {
        const inputs = await release({ "istio.chartSource": "oci://ghcr.io/istio/release/charts/" });
        assert.equal(inputs["chart"], "oci://ghcr.io/istio/release/charts/istiod");
        assert.equal(inputs["version"], "1.31.1");
        assert.equal(inputs["repositoryOpts"], undefined);
    });
});

describe("the program with a collector outside of the cluster", () => {
    const ca = createAuthority("test").certificatePem;
    let plan: Plan;
    before(async () => {
        plan = await planProgram({
            collector: JSON.stringify({ tls: { ca } }),
            collectorAddress: "otel.example.com:443",
            collectorHeaders: '{"Authorization":"geheim"}',
            jaeger: '{"deploy":false}',
        });
    });

    it("makes it known to the mesh, in the root namespace, once istiod answers", () => {
        const entry = of(plan, "kubernetes:networking.istio.io/v1:ServiceEntry", "mesh-default-collector");
        assert.equal(entry.parent, "mesh-default");
        assert.equal((entry.inputs["metadata"] as { namespace?: string }).namespace, "istio-system");
        assert.ok(
            of(plan, "istio-tracing:components:MeshTracing", "mesh-default").dependencies.includes("istio-istiod"),
        );
    });

    it("speaks TLS to it with a certificate authority that is an object before a sidecar is told of it", () => {
        const rule = of(plan, "kubernetes:networking.istio.io/v1:DestinationRule", "mesh-default-collector-tls");
        assert.equal((rule.inputs["metadata"] as { namespace?: string }).namespace, "istio-system");
        assert.ok(rule.dependencies.includes("mesh-default-collector-ca"));
        const { data } = of(plan, "kubernetes:core/v1:ConfigMap", "mesh-default-collector-ca").inputs;
        assert.deepEqual(data, { "ca.crt": ca });
    });

    it("keeps the headers' values secret everywhere, and in no Helm value", () => {
        const secret = of(plan, "kubernetes:core/v1:Secret", "istio-collector-headers");
        assert.match(JSON.stringify(secret.inputs["stringData"]), /4dabf18193072939515e22adb298388d/);
        const others = plan.resources.filter((one) => one !== secret && !one.type.endsWith(":Istio"));
        assert.doesNotMatch(JSON.stringify([others, plan.outputs]), /geheim/);
        const istio = of(plan, "istio-tracing:components:Istio", "istio").inputs["collectorHeaders"];
        assert.match(JSON.stringify(istio), /^\{"authorization":\{"4dabf18193072939515e22adb298388d":/);
    });

    it("leaves Jaeger and the outputs about it out", () => {
        assert.ok(!plan.resources.some((one) => one.name.startsWith("jaeger")));
        assert.equal(plan.outputs["jaegerUiUrl"], undefined);
        assert.equal(plan.outputs["collectorAddress"], "otel.example.com:443");
    });
});

describe("a configuration that cannot be used", () => {
    it("registers no resource at all", async () => {
        const registered: PlannedResource[] = [];
        const run = planProgram({ samplingPercent: "ten", imagePullPolicy: "x" }, "test", registered);
        await assert.rejects(run, (error: unknown) => {
            assert.ok(error instanceof SettingsError || (error as Error).name === "SettingsError");
            assert.match((error as Error).message, /2 settings cannot be used; nothing was written/);
            assert.match((error as Error).message, /samplingPercent\n {4}expected: .*\n {4}got: {6}"ten"\n {4}next: /);
            return true;
        });
        assert.deepEqual(registered, []);
    });
});
