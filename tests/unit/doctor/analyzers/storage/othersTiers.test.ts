import assert from "node:assert/strict";
import type { Diagnosis } from "../../../../../doctor/diagnose";
import { holdMs, type Tier, type TierCounts } from "../../../../../doctor/evidence/tiers";
import { nameOfFile } from "../../../../../doctor/inventory/collectorPipelines";
import { diagnosisOf, findingOf, foundIn, stateOf } from "../../patient";
import { PLAIN, place } from "./tierPatient";
import { alloy, charted, HOME, operated, tiersOf } from "./othersTiers";

const RECEIVERS = { otlp: { protocols: { grpc: { endpoint: "${env:MY_POD_IP}:4317" } } } };

function routing(resolver: object): object {
    return {
        ...{
            receivers: RECEIVERS,
            exporters: { loadbalancing: { routing_key: "traceID", protocol: PLAIN, resolver } },
        },
        service: { pipelines: { traces: { receivers: ["otlp"], exporters: ["loadbalancing"] } } },
    };
}

function sampling(...processors: string[]): object {
    const policies = [{ name: "slow", type: "latency" }];
    return {
        ...{ receivers: RECEIVERS, exporters: { "otlp/jaeger": { endpoint: "jaeger:4317" } } },
        processors: { memory_limiter: {}, batch: {}, tail_sampling: { decision_wait: "10s", policies } },
        service: { pipelines: { traces: { receivers: ["otlp"], processors, exporters: ["otlp/jaeger"] } } },
    };
}

const IN_ORDER = ["memory_limiter", "tail_sampling", "batch"];
const ALLOY = `// receivers of spans
otelcol.processor.tail_sampling "all" {
  decision_wait = "60s"
}
`;

/** What is said of tiers with these counts; `arrives` false if no probe reaches Jaeger. */
function judged(tiers: Tier[], counts: TierCounts[], arrives = false): Diagnosis {
    return diagnosisOf((patient) => {
        if (!arrives) patient.spans = "none";
        const seen = tiers.map((tier, index) => ({ ...tier, before: {}, after: counts[index] ?? {} }));
        place(patient, seen);
    });
}

const ways = (tiers: Tier[]): string[] =>
    tiers.map(({ service, files }) => `${service?.metadata.name ?? ""}: ${files.map(nameOfFile).join()}`);
const ofStorage = (diagnosis: Diagnosis): string[] => foundIn(diagnosis).filter((one) => one.startsWith("storage: "));
const valuesOf = (diagnosis: Diagnosis): Record<string, string> =>
    diagnosis.segments.find(({ segment }) => segment === "storage")?.values ?? {};

describe("tiers that the OpenTelemetry operator made", () => {
    const layout = (...processors: string[]): Promise<Tier[]> =>
        tiersOf(
            operated("routers", routing({ k8s: { service: `samplers-collector-headless.${HOME}` } })),
            operated("samplers", sampling(...processors)),
        );

    it("are followed from routers over the headless Service to what is before Jaeger", async () => {
        const tiers = await layout(...IN_ORDER);
        assert.deepEqual(ways(tiers), [
            `routers-collector: ConfigMap ${HOME}/routers-collector-1a2b3c4d collector.yaml`,
            `samplers-collector-headless: ConfigMap ${HOME}/samplers-collector-1a2b3c4d collector.yaml`,
        ]);
        assert.equal(holdMs(tiers), 13_000);
        assert.deepEqual(ofStorage(judged(tiers, [{ accepted: 9, backends: 2 }, { accepted: 9 }], true)), []);
    });

    it("have findings with the names of their objects, and with the operator that keeps them", async () => {
        const found = judged(await layout("batch", "tail_sampling"), [{ backends: 2 }], true);
        assert.deepEqual(ofStorage(found), [
            "storage: batch-before-tail-sampling",
            "storage: tail-sampling-without-limiter",
        ]);
        const { resource, cure } = findingOf(found, "batch-before-tail-sampling");
        assert.equal(resource, `ConfigMap ${HOME}/samplers-collector-1a2b3c4d collector.yaml pipeline traces`);
        assert.match(cure, /managed by operator OpenTelemetryCollector samplers, which undoes the change/);
        const without = judged(await layout(...IN_ORDER), [{ accepted: 9, backends: 0 }]);
        assert.equal(findingOf(without, "tier-without-samplers").resource, `Service ${HOME}/routers-collector`);
    });
});

describe("tiers of the Collector's Helm chart", () => {
    const layout = (): Promise<Tier[]> => {
        const hostname = `samplers-opentelemetry-collector.${HOME}.svc.cluster.local`;
        return tiersOf(charted("routers", routing({ dns: { hostname } })), charted("samplers", sampling(...IN_ORDER)));
    };

    it("are followed by the file relay, and judged by the Service that DNS answers for", async () => {
        const tiers = await layout();
        assert.deepEqual(ways(tiers), [
            `routers-opentelemetry-collector: ConfigMap ${HOME}/routers-opentelemetry-collector relay`,
            `samplers-opentelemetry-collector: ConfigMap ${HOME}/samplers-opentelemetry-collector relay`,
        ]);
        const found = judged(tiers, [{ accepted: 9, backends: 1 }, { accepted: 9 }], true);
        assert.equal(
            findingOf(found, "tier-not-headless").resource,
            `Service ${HOME}/samplers-opentelemetry-collector`,
        );
    });

    it("drop on purpose by their own file, and name the release that keeps it", async () => {
        const found = judged(await layout(), [
            { accepted: 9, backends: 1 },
            { accepted: 9, notKept: 3 },
        ]);
        const { resource, cure } = findingOf(found, "dropped-by-tail-sampling");
        assert.equal(resource, `ConfigMap ${HOME}/samplers-opentelemetry-collector relay`);
        assert.match(cure, new RegExp(`managed by Helm ${HOME}/samplers, which undoes the change`));
    });

    it("are not said to have accepted nothing where their counters cannot be read", async () => {
        const shown = valuesOf(judged(await layout(), [{ accepted: 9, backends: 2 }], true))["tiers meanwhile"] ?? "";
        assert.match(shown, /accepted 9 spans; Service tracing\/samplers-opentelemetry-collector shows no counters/);
    });
});

describe("tiers of Grafana Alloy", () => {
    const note = new RegExp(`is Grafana Alloy, .*ConfigMap ${HOME}/mesh-alloy.* is not read`);

    it("leave unknown why a trace is missing, and say where to look", async () => {
        const tiers = await tiersOf(alloy("mesh", ALLOY));
        assert.deepEqual(ways(tiers), ["mesh-alloy: "]);
        const found = judged(tiers, []);
        assert.deepEqual(ofStorage(found), ["storage: lost-in-storage"]);
        assert.match(findingOf(found, "lost-in-storage").got, note);
    });

    it("say so too where they are the mesh's own collector, whose counters are not where a Collector has them", () => {
        const found = diagnosisOf((patient) => {
            patient.spans = "none";
            patient.counts = { "istio-system/jaeger-7f9-abc": "refused" };
            for (const { spec } of patient.jaegers)
                for (const container of spec?.containers ?? []) container.image = "grafana/alloy:v1.12.1";
        });
        assert.match(findingOf(found, "lost-in-reception").got, /is Grafana Alloy, and its configuration is not read/);
    });

    it("are no fault while traces arrive, with a note of what was not read", async () => {
        const found = judged(await tiersOf(alloy("mesh", ALLOY)), [], true);
        assert.deepEqual([stateOf(found, "storage"), ofStorage(found)], ["ok", []]);
        assert.match(valuesOf(found)["not read"] ?? "", note);
    });

    it("may decide late, so that the doctor waits for the processor's usual time", async () => {
        assert.equal(holdMs(await tiersOf(alloy("mesh", ALLOY))), 33_000);
    });

    it("are found behind Collectors, and not taken for a Jaeger that the query Service does not lead to", async () => {
        const exporters = { "otlp/alloy": { endpoint: `mesh-alloy.${HOME}.svc:4317` } };
        const traces = { receivers: ["otlp"], exporters: ["otlp/alloy"] };
        const agents = { receivers: RECEIVERS, exporters, service: { pipelines: { traces } } };
        const tiers = await tiersOf(charted("agents", agents), alloy("mesh", ALLOY));
        assert.equal(tiers.length, 2);
        assert.match(valuesOf(judged(tiers, [{ accepted: 9 }]))["unknown"] ?? "", note);
    });
});
