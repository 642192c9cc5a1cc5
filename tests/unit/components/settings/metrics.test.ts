import assert from "node:assert/strict";
import { settingsWarnings } from "../../../../components/warnings";
import { settingsOf } from "./helpers";

const STACK = { samplingPercent: "100", "metrics.deployPrometheus": "true" };
const warned = (raw: Record<string, string>): string[] =>
    settingsWarnings(settingsOf(raw)).flatMap(({ id, got, cure }) =>
        id === "span-metrics-sampled" ? [`${got} ${cure}`] : [],
    );

describe("metrics", () => {
    it("are none unless a Prometheus is named or deployed", () => {
        assert.equal(settingsOf({}).metrics, undefined);
        assert.equal(settingsOf({ samplingPercent: "100" }).metrics, undefined);
    });

    it("are queried from the stack's own Prometheus by its full name", () => {
        const raw = { ...STACK, "istio.namespace": "mesh", clusterDomain: "corp.example" };
        assert.deepEqual(settingsOf(raw).metrics, {
            prometheusUrl: "http://tracing-prometheus.mesh.svc.corp.example:9090",
            deploysPrometheus: true,
        });
    });

    it("are queried from the user's own, below a path as well", () => {
        const raw = { samplingPercent: "100", "metrics.prometheusUrl": "https://mimir.example.com/prometheus/" };
        assert.deepEqual(settingsOf(raw).metrics, {
            prometheusUrl: "https://mimir.example.com/prometheus",
            deploysPrometheus: false,
        });
    });

    it("count a sample where the stack says so, with the rates of all namespaces and what a count is worth", () => {
        const sampled = { ...STACK, "metrics.fromSampledSpans": "true" };
        assert.deepEqual(warned(sampled), []);
        const one = { ...sampled, samplingPercent: "1" };
        assert.deepEqual(settingsOf(one).metrics?.sampled, { lowestPercent: 1, highestPercent: 1 });
        assert.match(warned(one).join(), /counts of 1 % of the traces.*100 counted requests stand for 10000 ± 1950\./);
        const namespaces = '{"shop":{"samplingPercent":50},"other":{}}';
        assert.deepEqual(settingsOf({ ...sampled, namespaces }).metrics?.sampled, {
            ...{ lowestPercent: 50, highestPercent: 100 },
        });
        assert.match(warned({ ...sampled, namespaces }).join(), /50 to 100 %.*stand for 200 ± 28\./);
        assert.match(warned({ ...sampled, samplingPercent: "0" }).join(), /At 0 %, nothing is counted/);
    });
});
