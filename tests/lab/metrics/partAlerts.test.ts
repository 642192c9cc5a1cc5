import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { startKafka } from "../support/kafka";
import { deployPrometheus } from "../support/ownPrometheus";
import { query } from "../support/prometheus";
import { installOperatorCrds, removeOperatorCrds } from "../support/prometheusOperator";
import { startSearchStandIn } from "../support/searchStandIn";
import { labWithProgram, program } from "../support/sharedLab";
import { tier } from "../support/tier";
import { panelQueries } from "./dashboardQueries";
import { areRead, areSilent, firesOnly, hastenAlerts } from "./fastRules";
import { ROLE_FAULTS, TIER_FAULTS } from "./partFaults";

/** Lets the Prometheus have hastened alerts, and waits until it reads everything and is silent. */
async function watches(lab: Cluster, jobs: string[]): Promise<void> {
    hastenAlerts(lab);
    await areRead(lab, jobs);
    await areSilent(lab);
}

describe("each alert about a Collector tier, in a real Prometheus with times divided by ten", function () {
    this.timeout(900_000);
    let lab: Cluster;
    let removePrometheus = (): void => undefined;
    before(async () => {
        lab = await labWithProgram();
        installOperatorCrds(lab);
        // Behind tail sampling, a stack brings no Prometheus of its own.
        const settings = {
            ...tier({ restPercent: 100 }, { routers: { min: 1, max: 1 } }),
            "metrics.operator": "jaeger",
        };
        assert.equal((await program(lab, "up", settings)).failed, undefined);
        removePrometheus = await deployPrometheus(lab, "istio-tracing-alerts");
        await watches(lab, ["envoy", "istiod", "jaeger", "prometheus", "tier"]);
    });
    after(async () => {
        removePrometheus();
        assert.equal((await program(lab, "up")).failed, undefined);
        removeOperatorCrds(lab);
    });

    it("stands beside a panel that shows the queues of the tier", () => {
        for (const expr of panelQueries("collector.json", "Queues of exporters")) {
            const shown = query(lab, expr).map(({ metric }) => metric["exporter"]);
            assert.deepEqual([...new Set(shown)].sort(), ["load_balancing", "otlp_grpc/jaeger"]);
        }
    });

    for (const fault of TIER_FAULTS)
        it(`fires with ${fault.what} and ends with it, and no other one fires: ${fault.alerts.join(", ")}`, () =>
            firesOnly(lab, fault));
});

describe("each alert about Jaeger's roles and Kafka, in a real Prometheus with times divided by ten", function () {
    this.timeout(900_000);
    let lab: Cluster;
    const started: { stop: () => Promise<void> }[] = [];
    before(async () => {
        lab = await labWithProgram();
        const search = await startSearchStandIn(lab);
        started.push(search);
        const kafka = await startKafka(lab);
        started.push(kafka);
        await kafka.makeTopic("jaeger-spans", 1);
        const [one, { username, password }] = [{ min: 1, max: 1 }, kafka.login];
        const topic = { brokers: [kafka.broker], topic: "jaeger-spans", partitions: 1, username, tls: kafka.tls };
        const settings = {
            "metrics.deployPrometheus": "true",
            "jaeger.storage": JSON.stringify(search.storage),
            "jaeger.kafka": JSON.stringify(topic),
            jaegerKafkaPassword: password,
            "jaeger.roles": JSON.stringify({ collector: one, query: one, ingester: one }),
        };
        assert.equal((await program(lab, "up", settings)).failed, undefined);
        await watches(lab, ["envoy", "istiod", "jaeger", "prometheus", "span-metrics"]);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        await Promise.all(started.map((server) => server.stop()));
    });

    for (const fault of ROLE_FAULTS)
        it(`fires with ${fault.what} and ends with it, and no other one fires: ${fault.alerts.join(", ")}`, () =>
            firesOnly(lab, fault));
});
