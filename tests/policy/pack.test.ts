import { EnforcementLevel } from "@pulumi/pulumi/proto/analyzer_pb";
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadStackConfig, ownSettings } from "../../shared/stacks/stackConfig";
import { planProgram, type PlannedResource } from "../../plan";
import { RULES } from "../../policy/rules";
import { PackProcess, type Asked } from "./packProcess";

const { MANDATORY, DISABLED } = EnforcementLevel;
/** How the CLI writes a text that it does not know before the update. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const service = (name: string, port: Record<string, unknown>): Asked => ({
    ...{ type: "kubernetes:core/v1:Service", name },
    inputs: { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "obs" }, spec: { ports: [port] } },
});

describe("the policy pack, as the Pulumi CLI starts and asks it", function () {
    this.timeout(60_000);
    let pack: PackProcess;
    let resources: PlannedResource[];

    before(async () => {
        const settings = ownSettings(loadStackConfig(join(__dirname, "../.."), "dev"));
        ({ resources } = await planProgram(settings, "dev"));
        pack = await PackProcess.start("dev");
    });
    after(async () => {
        await pack.stop();
    });

    it("has every rule at its level for the stack's environment", async () => {
        const levels = await pack.levels();
        assert.deepEqual([...levels.keys()].sort(), RULES.map(({ id }) => id).sort());
        assert.equal(levels.get("sampling-cap"), DISABLED);
        assert.equal(levels.get("collector-fqdn"), MANDATORY);
    });

    it("has nothing against the stack dev, resource by resource and as a whole", async () => {
        for (const resource of resources) assert.deepEqual(await pack.analyze(resource), [], resource.name);
        assert.deepEqual(await pack.analyzeStack(resources), []);
    });

    it("refuses a resource before it is written, with what to do", async () => {
        const found = await pack.analyze(service("otel", { port: 4317, name: "otlp", protocol: "TCP" }));
        const marked = found.find(({ rule }) => rule === "otlp-grpc-port-marked");
        assert.equal(marked?.level, MANDATORY);
        assert.match(
            marked.message,
            /Service obs\/otel: expected port 4317 marked as gRPC.*, got 4317 \(name otlp\)\. Set/,
        );
    });

    it("refuses a stack whose parts do not fit together", async () => {
        const changed = resources.map((resource) =>
            resource.type.endsWith(":Telemetry")
                ? {
                      ...resource,
                      inputs: { ...resource.inputs, spec: { tracing: [{ providers: [{ name: "jaeger" }] }] } },
                  }
                : resource,
        );
        const [found] = await pack.analyzeStack(changed);
        assert.equal(found?.rule, "telemetry-provider-exists");
        assert.match(found.message, /got "jaeger"/);
    });

    it("says nothing of what a preview does not know yet, and still judges the rest", async () => {
        for (const resource of resources.filter(({ type }) => type.startsWith("kubernetes:"))) {
            for (const inputs of withUnknowns(resource.inputs))
                assert.deepEqual(await pack.analyze({ ...resource, inputs }), [], JSON.stringify(inputs));
        }
        const found = await pack.analyze(
            service("otel", { port: 4317, name: "otlp", protocol: "TCP", nodePort: UNKNOWN }),
        );
        assert.ok(found.some(({ rule }) => rule === "otlp-grpc-port-marked"));
    });

    it("says nothing of a whole stack whose names are not known yet", async () => {
        const unnamed = resources.map(({ inputs, ...resource }) => ({
            ...resource,
            inputs: { ...inputs, ...("metadata" in inputs && { metadata: { name: UNKNOWN, namespace: UNKNOWN } }) },
        }));
        assert.deepEqual(await pack.analyzeStack(unnamed), []);
    });
});

describe("the policy pack for a stack that says it is production", function () {
    this.timeout(60_000);

    it("is as strict as for one that is called so", async () => {
        const pack = await PackProcess.start("eu-1", { "istio-tracing-policy:environment": "prod" });
        try {
            assert.equal((await pack.levels()).get("sampling-cap"), MANDATORY);
        } finally {
            await pack.stop();
        }
    });
});

/** The same inputs many times over, each time with another text of them unknown. */
function withUnknowns(inputs: Record<string, unknown>): Record<string, unknown>[] {
    const text = JSON.stringify(inputs);
    const texts = [...new Set([...text.matchAll(/:("(?:[^"\\]|\\.)*")/g)].map(([, value = ""]) => value))];
    return texts
        .filter((value) => !/^"(v1|apps\/v1|[A-Z])/.test(value))
        .map((value) => JSON.parse(text.replaceAll(`:${value}`, `:"${UNKNOWN}"`)) as Record<string, unknown>);
}
