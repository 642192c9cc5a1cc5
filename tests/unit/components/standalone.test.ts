import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";

const registered: { type: string; name: string; inputs: Record<string, unknown> }[] = [];

describe("components on their own, with the least of arguments", () => {
    before(async () => {
        await pulumi.runtime.setMocks(
            {
                newResource: ({ type, name, inputs }) => {
                    registered.push({ type, name, inputs: inputs as Record<string, unknown> });
                    return { id: `${name}-id`, state: inputs as object };
                },
                call: () => ({}),
            },
            "another-project",
            "test",
            false,
        );
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
});

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => output.apply(resolve));
}
