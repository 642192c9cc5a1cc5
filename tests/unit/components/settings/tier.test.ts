import assert from "node:assert/strict";
import { monitoringArgs } from "../../../../components/monitoringArguments";
import { describeTier } from "../../../../components/tierForecast";
import { settingsWarnings } from "../../../../components/warnings";
import { settingsOf } from "./helpers";

const ON = { "collectorTier.enabled": "true", "collectorTier.keep": '{"slowMs":1000}', samplingPercent: "100" };

describe("a Collector tier", () => {
    it("is none unless it is switched on, whatever else is said of it", () => {
        assert.equal(settingsOf({}).tier, undefined);
        const off = settingsOf({ ...ON, "collectorTier.enabled": "false" });
        assert.equal(off.tier, undefined);
        assert.equal(off.collector.host, "jaeger-collector.istio-system.svc.cluster.local");
    });

    it("is where sidecars send spans, at the same address in both layouts", () => {
        for (const layout of ["split", "single"]) {
            const { collector } = settingsOf({ ...ON, "collectorTier.layout": layout, "istio.namespace": "mesh" });
            assert.equal(collector.host, "tracing-collector.mesh.svc.cluster.local");
            assert.equal(collector.port, 4317);
        }
        assert.equal(settingsOf({ ...ON, "collector.protocol": "otlp-http" }).collector.port, 4318);
    });

    it("keeps server faults and one of a hundred others unless told otherwise", () => {
        const { tier } = settingsOf(ON);
        assert.equal(tier?.keep?.errors, true);
        assert.equal(tier.keep.restPercent, 1);
        assert.equal(settingsOf({ ...ON, "collectorTier.keep.errors": "false" }).tier?.keep?.errors, false);
        const all = settingsOf({ "collectorTier.enabled": "true", "collectorTier.layout": "single" });
        assert.equal(all.tier?.keep, undefined);
        assert.equal(all.tier?.samplers, 1);
    });

    it("has no alert about spans that the mesh makes and Jaeger does not accept, which sampling explains", () => {
        const asked = { ...ON, "metrics.operator": "jaeger" };
        assert.equal(monitoringArgs(settingsOf(asked))?.alerts.comparesReception, false);
        const off = { ...asked, "collectorTier.enabled": "false" };
        assert.equal(monitoringArgs(settingsOf(off))?.alerts.comparesReception, true);
    });

    it("takes a newer Collector where the stack says so", () => {
        const image = "docker.io/otel/opentelemetry-collector-contrib:0.170.0";
        const raw = { ...ON, "images.collector": image, "collectorTier.anyVersion": "true" };
        assert.equal(settingsOf(raw).images.collector, image);
    });

    it("warns of a mesh that throws errors away, and tells the arithmetic", () => {
        const ids = (raw: Record<string, string>): string[] => settingsWarnings(settingsOf(raw)).map(({ id }) => id);
        assert.ok(!ids(ON).includes("tail-sampling-head-rate"));
        assert.ok(ids({ ...ON, samplingPercent: "1" }).includes("tail-sampling-head-rate"));
        assert.deepEqual(describeTier(settingsOf({ ...ON, samplingPercent: "10" })), [
            "Collector tier: of errors and slow requests, 10 % of the requests are kept, of all others 0.1 % (10 % in the mesh x 1 % in the tier).",
            "Collector tier: each of 2 samplers remembers 50 000 traces and decides after 10 to 11 s, so above 4 545 new traces per second, it evicts traces before a decision.",
        ]);
        assert.deepEqual(describeTier(settingsOf({})), []);
    });

    it("forecasts what an expected load needs and stores", () => {
        const expected = '{"requestsPerSecond":500,"spansPerRequest":12}';
        const [, , load] = describeTier(settingsOf({ ...ON, "collectorTier.expected": expected }));
        assert.match(load ?? "", /are 6 000 spans per second, and 250 new traces per second of each sampler/);
        assert.match(load ?? "", /holds 33 000 spans and needs a memory limit of 643 MiB/);
        assert.match(load ?? "", /about 5 184 000 spans a day are stored, 5\.2 GB/);
    });
});
