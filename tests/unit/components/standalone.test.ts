import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { recordRegistrations, type Registered } from "./registrations";

let registered: Registered[];

describe("components on their own, with the least of arguments", () => {
    before(async () => {
        registered = await recordRegistrations();
    });

    it("need no stack configuration of this project", async () => {
        const { Istio } = await import("../../../components/istio");
        const { MeshTracing } = await import("../../../components/meshTracing");
        const { Jaeger } = await import("../../../components/jaeger");
        const { Backend } = await import("../../../components/backend");
        const { Frontend } = await import("../../../components/frontend");
        const istio = new Istio("mesh", { namespace: "mesh-system" });
        new MeshTracing("sampling", { rootNamespace: "mesh-system" });
        const jaeger = new Jaeger("traces", { namespace: "mesh-system" });
        const backend = new Backend("server", { namespace: "shop", sidecarHash: istio.sidecarHash });
        new Frontend("client", { namespace: "shop", backendUrl: backend.url, sidecarHash: istio.sidecarHash });
        assert.equal(await valueOf(jaeger.uiUrl), "http://jaeger-query.mesh-system.svc.cluster.local:16686");
        assert.equal(await valueOf(backend.url), "http://backend");
        await pulumi.runtime.disconnect();
        const istiod = registered.find((one) => one.name === "mesh-istiod");
        assert.match(JSON.stringify(istiod?.inputs), /jaeger-collector\.mesh-system\.svc\.cluster\.local/);
        const telemetry = registered.find((one) => one.type.endsWith(":Telemetry"));
        assert.match(JSON.stringify(telemetry?.inputs), /"randomSamplingPercentage":1\b/);
    });

    it("take plain values of each other, and none the component itself", async () => {
        const { JaegerAccess } = await import("../../../components/jaegerAccess");
        const { JaegerUi } = await import("../../../components/jaegerUi");
        const { Jaeger } = await import("../../../components/jaeger");
        const sidecarHash = pulumi.output("abc");
        const credential = { username: "anna", password: "long-enough-word" };
        const access = new JaegerAccess("access", {
            ...{ namespace: "tracing", meshOnly: true, basePath: "/jaeger", sidecarHash, credential },
        });
        new Jaeger("closed", { namespace: "tracing", access: access.rules });
        new JaegerUi("ui", {
            gateway: {
                ...{ mode: "gateway", host: "traces.example.com", basePath: "/jaeger", namespace: "ingress" },
                ...{ serviceType: "ClusterIP", authentication: { mode: "basic" }, tls: { mode: "plainHttp" } },
            },
            queryHost: "jaeger-query.tracing.svc.cluster.local",
            sidecarHash,
        });
        await pulumi.runtime.disconnect();
        const isObject = ({ type }: { type: string }): boolean => type.startsWith("kubernetes:");
        const inputsOf = (name: string): string =>
            JSON.stringify(registered.filter(isObject).find((one) => one.name === name)?.inputs);
        assert.match(inputsOf("closed"), /"sidecar.istio.io\/inject":"true"/);
        assert.match(inputsOf("closed"), /"istio-tracing\/sidecar-hash":"abc"/);
        assert.match(inputsOf("closed"), /"mountPath":"\/etc\/jaeger-users"/);
        assert.match(inputsOf("closed-config"), /base_path/);
        assert.match(inputsOf("ui-gateway"), /"istio-tracing\/sidecar-hash":"abc"/);
        for (const name of ["access", "access-untraced", "ui", "ui-untraced"])
            assert.notEqual(inputsOf(name), undefined);
    });

    it("wait for a hash that only an update will know", async () => {
        const { JaegerAccess } = await import("../../../components/jaegerAccess");
        const sidecarHash = pulumi.output(pulumi.unknown as unknown as string);
        const { rules } = new JaegerAccess("later", { namespace: "tracing", meshOnly: true, sidecarHash });
        await pulumi.runtime.disconnect();
        assert.ok(registered.some(({ type, name }) => type.endsWith(":AuthorizationPolicy") && name === "later"));
        assert.equal(pulumi.Output.isInstance(rules.sidecarHash), true);
    });

    it("register nothing when an argument cannot be used", async () => {
        const { Istio } = await import("../../../components/istio");
        const { MeshTracing } = await import("../../../components/meshTracing");
        const { Jaeger } = await import("../../../components/jaeger");
        const { JaegerAccess } = await import("../../../components/jaegerAccess");
        const { JaegerUi } = await import("../../../components/jaegerUi");
        const { Backend } = await import("../../../components/backend");
        const { Frontend } = await import("../../../components/frontend");
        const { TracedNamespace } = await import("../../../components/tracedNamespace");
        const { Certificates } = await import("../../../components/certificates");
        const wrong = { readyTimeoutSeconds: 5 } as never;
        const count = registered.length;
        const components = [Istio, Jaeger, JaegerAccess, JaegerUi, Backend, Frontend, TracedNamespace, Certificates];
        for (const Component of components) {
            assert.throws(() => new Component("wrong", wrong), { name: "ArgumentsError" }, Component.name);
        }
        const args = { rootNamespace: "istio-system", samplingPercent: 250 };
        assert.throws(() => new MeshTracing("wrong", args), /MeshTracing "wrong": 1 argument cannot be used/);
        await pulumi.runtime.disconnect();
        assert.equal(registered.length, count);
    });
});

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => output.apply(resolve));
}
