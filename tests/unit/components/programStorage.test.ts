import assert from "node:assert/strict";
import { createAuthority } from "../../../shared/certificates/x509";
import { at } from "../../../shared/values/plainObjects";
import { planProgram, type Plan, type PlannedResource } from "../../../plan";

const SECRET_MARK = "4dabf18193072939515e22adb298388d";
const PEM = createAuthority("search").certificatePem;

const of = (plan: Plan, kind: string, name: string): PlannedResource | undefined =>
    plan.resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name);

describe("Jaeger's storage in the program", () => {
    it("is a volume's claim of Jaeger's own with badger, which its pod mounts", async () => {
        const plan = await planProgram({ jaeger: '{"storage":{"type":"badger","size":"5Gi"}}' });
        assert.equal(of(plan, "PersistentVolumeClaim", "jaeger-data")?.parent, "jaeger");
        assert.ok(of(plan, "Deployment", "jaeger")?.dependencies.includes("jaeger-data"));
        assert.match(JSON.stringify(of(plan, "Deployment", "jaeger")?.inputs), /"persistentVolumeClaim":/);
        assert.equal(of(await planProgram({}), "PersistentVolumeClaim", "jaeger-data"), undefined);
    });

    it("is shared by a collector and a query server, whose pods the Services find once they are ready", async () => {
        const storage = { type: "opensearch", serverUrls: ["https://search.example.com:9200"], retentionHours: 24 };
        const plan = await planProgram({ jaeger: JSON.stringify({ storage, roles: { query: { min: 1 } } }) });
        assert.equal(of(plan, "Deployment", "jaeger"), undefined);
        for (const role of ["collector", "query"]) {
            const service = of(plan, "Service", `jaeger-${role}`);
            assert.ok(service?.dependencies.includes(`jaeger-${role}`), role);
            assert.deepEqual(at(service?.inputs, "spec", "selector"), {
                ...{ app: "jaeger", "app.kubernetes.io/component": role },
            });
            assert.ok(of(plan, "PodDisruptionBudget", `jaeger-${role}`));
        }
        assert.equal(of(plan, "HorizontalPodAutoscaler", "jaeger-query"), undefined);
        assert.ok(of(plan, "CronJob", "jaeger-index-cleaner"));
        assert.equal(of(await planProgram({}), "CronJob", "jaeger-index-cleaner"), undefined);
    });

    it("gets its spans from Kafka by ingesters, each role with a Secret of its own only where it logs in", async () => {
        const storage = { type: "opensearch", serverUrls: ["https://search.example.com:9200"] };
        const kafka = { brokers: ["kafka:9093"], topic: "spans", partitions: 4, username: "jaeger", tls: { ca: PEM } };
        const jaeger = JSON.stringify({ storage, kafka, roles: { ingester: { min: 2, max: 4 } } });
        const plan = await planProgram({ jaeger, jaegerKafkaPassword: "geheim" });
        const secret = of(plan, "Secret", "jaeger-kafka-password");
        assert.match(JSON.stringify(secret?.inputs["stringData"]), new RegExp(SECRET_MARK));
        const component = of(plan, "Jaeger", "jaeger");
        const others = plan.resources.filter((one) => one !== secret && one !== component);
        assert.doesNotMatch(JSON.stringify([others, plan.outputs, plan.messages]), /geheim/);
        const mounts = (role: string): boolean =>
            of(plan, "Deployment", `jaeger-${role}`)?.dependencies.includes("jaeger-kafka-password") === true;
        assert.deepEqual(["collector", "ingester", "query"].map(mounts), [true, true, false]);
        assert.ok(of(plan, "PodDisruptionBudget", "jaeger-ingester"));
        assert.ok(of(plan, "HorizontalPodAutoscaler", "jaeger-ingester"));
        assert.equal(of(plan, "Service", "jaeger-ingester"), undefined);
    });

    it("has its password in a Secret alone, and its authority in a ConfigMap", async () => {
        const storage = {
            type: "opensearch",
            serverUrls: ["https://search.example.com:9200"],
            username: "jaeger",
            tls: { ca: PEM },
        };
        const plan = await planProgram({ jaeger: JSON.stringify({ storage }), jaegerStoragePassword: "geheim" });
        const secret = of(plan, "Secret", "jaeger-storage-password");
        assert.match(JSON.stringify(secret?.inputs["stringData"]), new RegExp(SECRET_MARK));
        const component = of(plan, "Jaeger", "jaeger");
        assert.match(JSON.stringify(component?.inputs["storagePassword"]), new RegExp(SECRET_MARK));
        const others = plan.resources.filter((one) => one !== secret && one !== component);
        assert.doesNotMatch(JSON.stringify([others, plan.outputs, plan.messages]), /geheim/);
        assert.deepEqual(of(plan, "ConfigMap", "jaeger-storage-ca")?.inputs["data"], { "ca.crt": PEM });
        for (const name of ["jaeger-storage-password", "jaeger-storage-ca"]) {
            assert.ok(of(plan, "Deployment", "jaeger")?.dependencies.includes(name), name);
        }
    });
});
