import assert from "node:assert/strict";
import type { TelemetryObject } from "../../../../checks/mesh/objects";
import { decidingBlock } from "../../../../checks/telemetry/appliedBlocks";
import { effectiveSampling, type SamplingSources } from "../../../../checks/telemetry/effectiveSampling";
import { examineFake, telemetryOf } from "../fakeMesh";

const TELEMETRIES = "/apis/telemetry.istio.io/v1/telemetries";
const FULL = { providers: [{ name: "jaeger" }], randomSamplingPercentage: 100 };
const QUARTER = { providers: [{ name: "jaeger" }], randomSamplingPercentage: 25 };
const MESH_WIDE = telemetryOf("mesh-default", FULL);
const DRAWLESS = { useRequestIdForTraceSampling: false };

/** What the doctor says of a mesh with these Telemetries, with a rate live in its sidecars. */
async function idsFor(telemetries: object[], percent: number, lost = false): Promise<string[]> {
    const { findings } = await examineFake({
        ...{ objects: { [TELEMETRIES]: telemetries }, lost },
        envoy: { percent, traced: !lost },
    });
    return findings.map(({ id, severity, resource }) => `${severity} ${id} ${resource}`);
}

describe("a Telemetry without a draw (useRequestIdForTraceSampling: false)", () => {
    const wide = telemetryOf("mesh-default", QUARTER);

    const others: [string, object][] = [
        ["of another workload", telemetryOf("batch", DRAWLESS, { namespace: "demo", app: "batch" })],
        [
            "of the workload's namespace, for another revision",
            telemetryOf("canary", DRAWLESS, { namespace: "demo", labels: { "istio.io/rev": "canary" } }),
        ],
        ["of another namespace", telemetryOf("other", DRAWLESS, { namespace: "team-1" })],
        [
            "for what the workload receives",
            telemetryOf("in", { ...DRAWLESS, match: { mode: "SERVER" } }, { namespace: "demo", app: "frontend" }),
        ],
        [
            "of a gateway",
            {
                ...telemetryOf("edge", DRAWLESS, { namespace: "demo" }),
                spec: { targetRefs: [{ kind: "Gateway", name: "edge" }], tracing: [DRAWLESS] },
            },
        ],
    ];
    for (const [what, telemetry] of others) {
        it(`makes no error when it is that ${what}`, async () => {
            assert.deepEqual(
                (await idsFor([wide, telemetry], 25)).filter((line) => line.includes("not-drawn")),
                [],
            );
        });
    }

    it("is named when it decides for the source, also where a weaker one says otherwise", async () => {
        const own = telemetryOf("own", DRAWLESS, { namespace: "demo", app: "frontend" });
        const draws = telemetryOf("mesh-default", { ...QUARTER, useRequestIdForTraceSampling: true });
        const found = await idsFor([draws, own], 25);
        assert.deepEqual(found, ["error sampling-not-drawn Telemetry demo/own"]);
    });
});

describe("a Telemetry with the label of a revision", () => {
    const of = (revision: string, block: object = FULL): object =>
        telemetryOf("mesh-default", block, { labels: { "istio.io/rev": revision } });

    it("counts when it is the revision of the path's control plane", async () => {
        assert.deepEqual(await idsFor([of("default")], 100), []);
    });

    it("decides nothing when it is another one, whatever it says", async () => {
        const canary = { ...telemetryOf("canary", QUARTER, { labels: { "istio.io/rev": "canary" } }) };
        const found = await idsFor([MESH_WIDE, canary], 100);
        assert.deepEqual(found, ["warning telemetry-revision Telemetry istio-system/canary"]);
    });

    it("is the cause where nothing else switches tracing on", async () => {
        const { brokenAt, findings, sampling } = await examineFake({
            objects: { [TELEMETRIES]: [of("canary")] },
            ...{ envoy: { traced: false }, lost: true },
        });
        assert.equal(brokenAt, "sidecar");
        const [finding, ...others] = findings;
        assert.deepEqual(others, []);
        assert.equal(finding?.id, "telemetry-revision");
        assert.equal(finding.resource, "Telemetry istio-system/mesh-default");
        assert.match(
            finding.got,
            /istio\.io\/rev: canary, the name of no control plane: the control plane default ignores it/,
        );
        assert.deepEqual(finding.commands, ["kubectl label telemetry mesh-default -n istio-system istio.io/rev-"]);
        assert.notEqual(sampling.decidedBy.source, "telemetry");
    });

    it("is the cause where the label is a revision tag, and that is said", async () => {
        const webhooks = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
        const tag = { metadata: { name: "tag", labels: { "istio.io/rev": "default", "istio.io/tag": "stable" } } };
        const { findings } = await examineFake({
            objects: { [TELEMETRIES]: [of("stable")], [webhooks]: [tag] },
            ...{ envoy: { traced: false }, lost: true },
        });
        assert.match(
            findings[0]?.got ?? "",
            /stable, the name of a revision tag, which is not the name of a control plane/,
        );
    });

    it("is read by every control plane without it, and by its own alone with it", () => {
        const sources = (revision: string): SamplingSources => ({
            mesh: { extensionProviders: [{ name: "jaeger", opentelemetry: {} }] },
            telemetries: [
                MESH_WIDE,
                telemetryOf("own", QUARTER, { namespace: "shop", labels: { "istio.io/rev": "b" } }),
            ] as TelemetryObject[],
            ...{ revision, rootNamespace: "istio-system", namespace: "shop" },
        });
        assert.equal(effectiveSampling(sources("a")).client.percent, 100);
        assert.equal(effectiveSampling(sources("b")).client.percent, 25);
        assert.equal(decidingBlock(sources("b"), "CLIENT", "randomSamplingPercentage")?.of.metadata.name, "own");
    });
});

describe("a provider that takes no spans", () => {
    const mesh = `
extensionProviders:
- { name: logs, envoyFileAccessLog: { path: /dev/stdout } }
- { name: jaeger, opentelemetry: { service: jaeger-collector.istio-system.svc.cluster.local, port: 4317 } }
`;
    const untraced = { envoy: { traced: false }, lost: true };

    it("is named by its kind, with the command that names a fitting one in the Telemetry that decides", async () => {
        const wrong = telemetryOf("own", { providers: [{ name: "logs" }] }, { namespace: "demo", app: "frontend" });
        const elsewhere = telemetryOf("elsewhere", { providers: [{ name: "logs" }] }, { namespace: "a-team" });
        const { findings, brokenAt } = await examineFake({
            ...{ mesh, ...untraced },
            objects: { [TELEMETRIES]: [elsewhere, MESH_WIDE, wrong] },
        });
        assert.equal(brokenAt, "sidecar");
        const found = findings.find(({ id }) => id === "provider-takes-no-traces");
        assert.equal(found?.resource, "Telemetry demo/own");
        assert.match(found.got, /"logs" of the kind envoyFileAccessLog/);
        assert.match(
            found.commands[0] ?? "",
            /patch telemetry own -n demo .*\/spec\/tracing\/0\/providers\/0\/name","value":"jaeger"/,
        );
    });

    it("is named where the mesh's defaults name it", async () => {
        const { findings } = await examineFake({
            ...{ mesh: `${mesh}defaultProviders: { tracing: [logs] }\n`, ...untraced },
            objects: { [TELEMETRIES]: [] },
        });
        const [found] = findings.filter(({ id }) => id === "provider-takes-no-traces");
        assert.equal(found?.resource, "defaultProviders of ConfigMap istio-system/istio");
        assert.match(found.commands[0] ?? "", /patch configmap istio .*tracing:\\n {4}- jaeger/);
    });

    it("is one that every mesh has without a word of its configuration", async () => {
        const { findings } = await examineFake({
            ...{ mesh, ...untraced },
            objects: { [TELEMETRIES]: [telemetryOf("mesh-default", { providers: [{ name: "envoy" }] })] },
        });
        const [found] = findings.filter(({ id }) => id === "provider-takes-no-traces");
        assert.match(found?.got ?? "", /"envoy" of the kind envoyFileAccessLog/);
    });

    it("has no command where the mesh has no provider that does", async () => {
        const { findings } = await examineFake({
            ...{ mesh: "extensionProviders: [{ name: logs, prometheus: {} }]\n", ...untraced },
            objects: { [TELEMETRIES]: [telemetryOf("mesh-default", { providers: [{ name: "logs" }] })] },
        });
        assert.deepEqual(findings.find(({ id }) => id === "provider-takes-no-traces")?.commands, []);
    });
});
