import assert from "node:assert/strict";
import { prometheusArgs } from "../../../components/monitoringArguments";
import { resolveJaeger, type JaegerArgs } from "../../../components/jaeger";
import { resolvePrometheus, type PrometheusArgs } from "../../../components/prometheus";
import { plain, planProgram, type PlannedResource } from "../../../plan";
import { setPaths } from "../../../shared/stacks/settingPaths";
import { at, mapAt } from "../../../shared/values/plainObjects";
import { assertRefused } from "./refusals";
import { settingsOf } from "./settings/helpers";

const LEAST: PrometheusArgs = { namespace: "tracing" };
const STACK = { samplingPercent: "100", "metrics.deployPrometheus": "true" };

async function planned(raw: Record<string, string>): Promise<PlannedResource[]> {
    const resources: PlannedResource[] = [];
    await planProgram(setPaths({}, raw), "test", resources, []);
    return resources;
}

describe("Prometheus", () => {
    it("does with the least of arguments what the program does", () => {
        const args = prometheusArgs(settingsOf(STACK));
        const whole = resolvePrometheus("x", { ...LEAST, ...args });
        // Only a stack knows the collector that alerts are about.
        assert.equal(whole.alerts?.comparesReception, true);
        assert.deepEqual(resolvePrometheus("x", LEAST), { ...whole, alerts: undefined });
    });

    it("refuses what is empty or of another type", () => {
        assertRefused(resolvePrometheus, LEAST, {
            namespace: ["", 5],
            image: ["prom/prometheus", 5],
            imagePullPolicy: ["Sometimes"],
            alerts: [{}, { collectorHost: "x" }],
            resources: [{}, { requests: { cpu: "0" }, limits: {} }, { requests: { cpu: "2" }, limits: { cpu: "1" } }],
            pods: ["x", { nodeSelector: 5 }],
            platformUserIds: ["true"],
            readyTimeoutSeconds: [5, "300"],
        });
        const jaeger: JaegerArgs = { namespace: "tracing" };
        assertRefused(resolveJaeger, jaeger, {
            metrics: [
                {},
                "http://a:9090",
                { prometheusUrl: "" },
                { prometheusUrl: "a:9090" },
                { prometheusUrl: "http://a:9090", sampled: { lowestPercent: -1, highestPercent: 1 } },
            ],
        });
    });

    it("is no part of a stack that asks for none or names its own", async () => {
        const own = { samplingPercent: "100", "metrics.prometheusUrl": "http://prometheus:9090" };
        const none: Record<string, string>[] = [{}, own];
        for (const raw of none)
            assert.deepEqual(
                (await planned(raw)).filter(({ name }) => name.includes("prometheus")),
                [],
            );
    });

    it("reads Jaeger's metrics without the mesh, also where only the mesh may send spans", async () => {
        const resources = await planned({ ...STACK, ui: '{"jaegerAccess":"mesh"}' });
        const jaeger = resources.find(({ type, name }) => type.endsWith(":Deployment") && name === "jaeger");
        const annotations = mapAt(plain(jaeger?.inputs), "spec", "template", "metadata", "annotations");
        assert.equal(annotations["traffic.sidecar.istio.io/excludeInboundPorts"], "8888,8889");
        const own = resources.find(({ type, name }) => type.endsWith(":Deployment") && name === "tracing-prometheus");
        const labels = at(plain(own?.inputs), "spec", "template", "metadata", "labels");
        assert.equal(at(labels, "sidecar.istio.io/inject"), "false");
    });
});
