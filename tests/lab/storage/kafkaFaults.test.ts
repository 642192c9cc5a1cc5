import assert from "node:assert/strict";
import { JaegerClient } from "../../../shared/jaeger/client";
import { formatDrift } from "../../../checks/cluster/drift";
import { ENCRYPTED } from "../../../cli/cluster/encryptedSecrets";
import { findDrift } from "../../../cli/drift/index";
import type { Cluster } from "../../../lab/cluster";
import { labSettings } from "../../../lab/program";
import { setPaths } from "../../../shared/stacks/settingPaths";
import { applyCure } from "../doctor/examine";
import { healthy, named } from "../support/doctorSays";
import { startKafka, type KafkaServer } from "../support/kafka";
import { startOpenSearch, type SearchServer } from "../support/openSearch";
import { allFound, sendFor } from "../support/sentTraces";
import { kubectl, labWithProgram, program } from "../support/sharedLab";

const SYSTEM = ["-n", "istio-system"];
const INGESTER = "deployment/jaeger-ingester";

describe("a fault between Jaeger's collectors, Kafka and the storage", () => {
    let lab: Cluster;
    let jaeger: JaegerClient;
    let kafka: KafkaServer;
    let search: SearchServer;
    const started: { stop: () => Promise<void> }[] = [];
    before(async function () {
        this.timeout(600_000);
        lab = await labWithProgram();
        jaeger = new JaegerClient(lab.jaegerUrl);
        started.push((search = await startOpenSearch(lab)));
        started.push((kafka = await startKafka(lab)));
        await kafka.makeTopic("jaeger-spans", 2);
        assert.equal((await up()).failed, undefined);
        await healthy(lab);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        await Promise.all(started.map((server) => server.stop()));
    });

    const settings = (): Record<string, string> => ({
        "jaeger.storage": JSON.stringify({
            ...{ type: "opensearch", serverUrls: [search.url], tls: search.tls, username: search.login.username },
        }),
        jaegerStoragePassword: search.login.password,
        "jaeger.kafka": JSON.stringify({
            ...{ brokers: [kafka.broker], topic: "jaeger-spans", partitions: 2 },
            ...{ username: kafka.login.username, tls: kafka.tls },
        }),
        jaegerKafkaPassword: kafka.login.password,
        "jaeger.roles": JSON.stringify({ collector: { min: 1 }, query: { min: 1 }, ingester: { min: 2 } }),
    });
    const up = (): ReturnType<typeof program> => program(lab, "up", settings());
    const drift = async (): Promise<string[]> => {
        const passwords = { jaegerStoragePassword: ENCRYPTED, jaegerKafkaPassword: ENCRYPTED };
        const raw = setPaths(labSettings("ci", lab), { ...settings(), ...passwords });
        return (await findDrift({ raw, kubeconfig: lab.kubeconfig })).drifts.map(formatDrift);
    };

    it("is that no ingester runs: ingester-missing, cured by the commands, and no span is lost", async () => {
        assert.deepEqual(await drift(), []);
        kubectl(lab, "scale", INGESTER, ...SYSTEM, "--replicas=0");
        assert.deepEqual(await drift(), ["Deployment istio-system/jaeger-ingester spec.replicas: expected 2, got 0"]);
        kubectl(lab, "wait", "--for=delete", "pods", ...SYSTEM, "-l", "app.kubernetes.io/component=ingester");
        const finding = await named(lab, "ingester-missing");
        const ids = await sendFor(lab, 10, undefined, 900);
        applyCure(lab, finding);
        await healthy(lab);
        await allFound(jaeger, ids, 60);
    }).timeout(500_000);

    it("is a broker that is away: kafka-reachable, cured by its start alone", async () => {
        const start = await kafka.kill();
        const { resource, got } = await named(lab, "kafka-reachable");
        assert.equal(resource, `Kafka ${kafka.broker}`);
        assert.match(got, /^at least [1-9]\d* failed attempts/);
        await start();
        await healthy(lab);
    }).timeout(500_000);

    it("is a storage that is away: storage-reachable, while spans wait in Kafka", async () => {
        const start = await search.kill();
        const { cure } = await named(lab, "storage-reachable");
        assert.match(cure, /spans wait in Kafka/);
        await start();
        await healthy(lab);
    }).timeout(500_000);
});
