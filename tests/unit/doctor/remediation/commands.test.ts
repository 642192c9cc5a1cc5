import assert from "node:assert/strict";
import type { TelemetryObject } from "../../../../checks/mesh/objects";
import { addTargetToCommands, kubectlFor } from "../../../../doctor/remediation/targetCluster";
import type { Diagnosis } from "../../../../doctor/diagnose";
import type { Evidence } from "../../../../doctor/evidence";
import type { Mesh } from "../../../../doctor/inventory/mesh";
import { formatCommand, type Command } from "../../../../doctor/remediation/commands";
import { quote } from "../../../../shared/values/quote";
import { meshConfigCommand, telemetryCommands } from "../../../../doctor/remediation/istioConfiguration";
import { restartCommands } from "../../../../doctor/inventory/workload";
import type { PodObject } from "../../../../shared/kubernetes/objects";

const MESH = {
    ...{
        rootNamespace: "istio-system",
        configMap: { namespace: "istio-system", name: "istio" },
        resourceVersion: "41",
    },
    config: { extensionProviders: [{ name: "jaeger", opentelemetry: { service: "a", port: 4317 } }] },
} as unknown as Mesh;

describe("the commands of a cure", () => {
    it("go to the cluster that was looked at, not to the shell's own", () => {
        const kubectl = kubectlFor({ kubeconfig: "/home/a b/config", context: "prod" });
        const steps: Command[] = [{ verb: "apply", object: { kubectl: "$&" } }];
        const finding = { steps, cure: "Look: kubectl get pods; istioctl proxy-status." };
        const diagnosis = { findings: [finding], segments: [{ findings: [finding] }] } as unknown as Diagnosis;
        const aimed = addTargetToCommands(diagnosis, kubectl);
        const expected = "kubectl --kubeconfig='/home/a b/config' --context=prod apply -f - <<'EOF'\nkubectl: $&\nEOF";
        assert.deepEqual(aimed.findings[0]?.commands, [expected]);
        assert.deepEqual(aimed.segments[0]?.findings[0]?.commands, [expected]);
        const cluster = "--kubeconfig='/home/a b/config' --context=prod";
        const cures = aimed.findings.map(({ cure }) => cure);
        assert.deepEqual(cures, [`Look: kubectl ${cluster} get pods; istioctl ${cluster} proxy-status.`]);
        assert.equal(kubectlFor({ kubeconfig: "apiVersion: v1\n" }, "dev"), "kubectl");
        assert.equal(kubectlFor({}, "dev"), "kubectl --context=dev");
        assert.equal(kubectlFor({}, "inClusterContext"), "kubectl");
    });

    it("are one word to a shell where they should be one, whatever the cluster holds", () => {
        assert.equal(quote("4317"), "4317");
        assert.equal(quote("it's $(rm)"), "'it'\\''s $(rm)'");
    });

    it("restart what made the pod, and nothing where that cannot be restarted", () => {
        const pod = (kind?: string, labels = {}): string[] => {
            const ownerReferences = kind === undefined ? [] : [{ kind, name: "web-7f9" }];
            const object = { metadata: { name: "p", namespace: "shop", labels, ownerReferences } };
            return restartCommands(object).map((command) => formatCommand(command));
        };
        assert.match(pod("StatefulSet")[0] ?? "", /^kubectl rollout restart statefulset\/web-7f9 -n shop$/);
        assert.match(pod("DaemonSet")[1] ?? "", /^kubectl rollout status daemonset\/web-7f9 -n shop/);
        assert.match(pod("ReplicaSet", { "pod-template-hash": "7f9" })[0] ?? "", / deployment\/web -n shop$/);
        for (const owner of [undefined, "Job", "ReplicaSet"]) assert.deepEqual(pod(owner), []);
    });
});

describe("a cure of the mesh configuration", () => {
    const moved = (mesh: Mesh): string =>
        formatCommand(meshConfigCommand(mesh, (config) => ({ ...config, enableTracing: true })));

    it("does not undo what somebody changed since", () => {
        assert.match(moved(MESH), /"resourceVersion":"41"/);
    });

    it("prints no credential that stands in it", () => {
        const secrets = [
            { opentelemetry: { http: { headers: [{ name: "x-honeycomb-team", value: "hunter2" }] } } },
            { lightstep: { accessToken: "hunter2" } },
            { zipkin: { path: "https://me:hunter2@example.com" } },
        ];
        for (const secret of secrets) {
            const config = { extensionProviders: [{ name: "other", ...secret }] };
            const command = moved({ ...MESH, config });
            assert.match(command, /^kubectl edit configmap istio -n istio-system #/);
            assert.doesNotMatch(command, /hunter2/);
        }
        const fromSecret = { headers: [{ name: "authorization", envName: "KEY" }] };
        const config = { extensionProviders: [{ name: "a", opentelemetry: { http: fromSecret } }] };
        assert.match(moved({ ...MESH, config }), /^kubectl patch/);
    });
});

describe("a cure by a Telemetry", () => {
    const SOURCE = { metadata: { name: "frontend", namespace: "demo" } };
    const commands = (telemetries: TelemetryObject[], pilotTraceSampling?: number, pods: PodObject[] = []): string[] =>
        telemetryCommands(
            {
                mesh: { ...MESH, pilotTraceSampling },
                path: { source: SOURCE },
                discovery: { telemetries: { value: telemetries }, pods: { value: pods } },
            } as unknown as Evidence,
            "jaeger",
        ).map((command) => formatCommand(command));
    const inRoot = (spec: TelemetryObject["spec"], name = "tracing"): TelemetryObject => ({
        metadata: { name, namespace: "istio-system" },
        spec,
    });

    it("makes one where the root namespace has none for the mesh, with the rate that counts anyway", () => {
        assert.match(commands([])[0] ?? "", /kind: Telemetry\nmetadata:\n {2}name: mesh-default\n/);
        assert.match(commands([])[0] ?? "", /randomSamplingPercentage: 1\n/);
        assert.match(commands([], 5)[0] ?? "", /randomSamplingPercentage: 5\n/);
        const ofGateway = inRoot({ selector: { matchLabels: { app: "gateway" } } }, "mesh-default");
        assert.match(commands([ofGateway])[0] ?? "", /name: mesh-default-2\n/);
    });

    it("completes the one that Istio reads, adds no second block to it, and leaves the rest of it as it is", () => {
        const block = '{"providers":[{"name":"jaeger"}],"randomSamplingPercentage":1}';
        const lacking =
            '{"op":"add","path":"/spec/tracing/0/providers","value":[{"name":"jaeger"}]},' +
            '{"op":"add","path":"/spec/tracing/0/randomSamplingPercentage","value":1}';
        const cases: [TelemetryObject["spec"], string][] = [
            [undefined, `[{"op":"add","path":"/spec","value":{"tracing":[${block}]}}]`],
            [{}, `[{"op":"add","path":"/spec/tracing","value":[${block}]}]`],
            [
                { tracing: [{ match: { mode: "CLIENT" } }] },
                `[${lacking},{"op":"remove","path":"/spec/tracing/0/match"}]`,
            ],
            [
                { tracing: [{ providers: [{ name: "other" }], customTags: { a: {} } }] },
                '[{"op":"add","path":"/spec/tracing/0/randomSamplingPercentage","value":1}]',
            ],
            [
                { tracing: [{ randomSamplingPercentage: 5 }] },
                '[{"op":"add","path":"/spec/tracing/0/providers","value":[{"name":"jaeger"}]}]',
            ],
        ];
        for (const [spec, patch] of cases) {
            const expected = `kubectl patch telemetry tracing -n istio-system --type=json -p '${patch}'`;
            assert.deepEqual(commands([inRoot(spec)]), [expected]);
        }
    });

    it("writes no rate into one that only switches reporting off, nor over rates that pods have by the former field", () => {
        const off = inRoot({ tracing: [{ disableSpanReporting: true }] });
        assert.match(commands([off]).join(), /\/spec\/tracing\/0\/providers/);
        assert.doesNotMatch(commands([off]).join(), /[sS]ampling/);
        const env = [{ name: "PROXY_CONFIG", value: '{"tracing":{"sampling":0.1}}' }];
        const rated = { ...SOURCE, spec: { containers: [{ name: "istio-proxy", env }] } };
        assert.match(commands([], undefined, [rated]).join(), /kind: Telemetry/);
        assert.doesNotMatch(commands([], undefined, [rated]).join(), /[sS]ampling/);
    });

    it("is no command where nothing lacks", () => {
        const whole = { providers: [{ name: "jaeger" }], randomSamplingPercentage: 5 };
        assert.deepEqual(commands([inRoot({ tracing: [whole] })]), []);
    });
});
