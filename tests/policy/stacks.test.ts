import assert from "node:assert/strict";
import { join } from "node:path";
import { judgeStack } from "../../cli/policy/index";
import { violationsOf } from "../../cli/policy/report";

const PROJECT = join(__dirname, "../..");

describe("settings that are valid and have no place in production", () => {
    const gateway = { mode: "gateway", host: "traces.example.com", tls: { mode: "secret", secretName: "traces-tls" } };
    const CASSANDRA = { type: "cassandra", servers: ["cassandra-0.cassandra.db"], datacenter: "dc1" };
    const KAFKA = { brokers: ["kafka-0.kafka:9092"], topic: "spans", partitions: 4 };
    const uiBasicAuth = '{"username":"ana","password":"correct-horse-battery"}';
    const cases: { what: string; overrides: Record<string, string>; rule: string }[] = [
        { what: "a sampling of 100", overrides: { samplingPercent: "100" }, rule: "sampling-cap" },
        {
            ...{ what: "a namespace with a sampling of 100", rule: "sampling-cap" },
            overrides: { namespaces: '{"shop":{"samplingPercent":"100"}}' },
        },
        {
            ...{ what: "traces in memory", rule: "jaeger-storage-durable" },
            overrides: { "jaeger.storage": '{"type":"memory"}' },
        },
        {
            ...{ what: "one copy of each span", rule: "jaeger-storage-replicated" },
            overrides: { "jaeger.storage": JSON.stringify({ ...CASSANDRA, replicationFactor: 1 }) },
        },
        {
            ...{ what: "an image latest", rule: "image-pinned" },
            overrides: { images: '{"jaeger":"docker.io/jaegertracing/jaeger:latest"}' },
        },
        { what: "plain text in the mesh", overrides: { "istio.mtlsMode": "PERMISSIVE" }, rule: "mtls-strict" },
        {
            ...{ what: "Jaeger's UI for anybody", rule: "jaeger-ui-private" },
            overrides: { ui: JSON.stringify({ ...gateway, authentication: "open" }) },
        },
        {
            ...{ what: "Jaeger's UI without encryption", rule: "jaeger-ui-encrypted" },
            overrides: { ui: JSON.stringify({ ...gateway, tls: { mode: "plainHttp" } }), uiBasicAuth },
        },
    ];
    for (const { what, overrides, rule } of cases) {
        it(`${what} is refused by ${rule} and by nothing else`, async () => {
            const found = violationsOf(await judgeStack(PROJECT, "prod", { overrides }));
            assert.deepEqual([...new Set(found.map((violation) => violation.rule))], [rule]);
            assert.ok(found.every(({ severity }) => severity === "error"));
        });
    }

    it("Jaeger in roles with Kafka is none of them, and each role is judged", async () => {
        const roles = { "jaeger.storage": JSON.stringify(CASSANDRA), "jaeger.kafka": JSON.stringify(KAFKA) };
        assert.deepEqual(violationsOf(await judgeStack(PROJECT, "prod", { overrides: roles })), []);
        const images = '{"jaeger":"docker.io/jaegertracing/jaeger:latest"}';
        const found = violationsOf(await judgeStack(PROJECT, "prod", { overrides: { ...roles, images } }));
        const deployments = ["collector", "ingester", "query"].map((role) => `Deployment istio-system/jaeger-${role}`);
        assert.deepEqual(
            deployments.filter((name) => !found.some(({ resource }) => resource.startsWith(name))),
            [],
        );
    });

    it("Jaeger's UI behind a password is none of them", async () => {
        const overrides = { ui: JSON.stringify(gateway), uiBasicAuth };
        assert.deepEqual(violationsOf(await judgeStack(PROJECT, "prod", { overrides })), []);
    });
});

describe("a stack that is judged", () => {
    it("has its charts rendered, or says that it judged their values alone", async () => {
        const { notes, objects } = await judgeStack(PROJECT, "ci", {});
        const releases = 2;
        assert.ok(
            notes.length === releases ? notes.every((note) => /could not be rendered: /.test(note)) : objects > 30,
        );
    });

    it("has the rules read what stands in a chart's values", async () => {
        const overrides = {
            "istio.values":
                '{"meshConfig":{"defaultConfig":{"tracing":{"customTags":{"who":{"header":{"name":"authorization"}}}}}}}',
        };
        await assert.rejects(judgeStack(PROJECT, "ci", { overrides }), /istio\.values/);
        const provider =
            '{"meshConfig":{"extensionProviders":[{"name":"second","zipkin":{"service":"zipkin","port":9411}}]}}';
        const judged = await judgeStack(PROJECT, "ci", { overrides: { "istio.values": provider } });
        const found = violationsOf(judged).find(({ rule }) => rule === "collector-fqdn");
        assert.equal(found?.got, "zipkin");
        assert.equal(found.source, "stack ci");
    });
});
