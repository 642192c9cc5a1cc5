import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { diagnosisOf, findingOf, foundIn } from "../../patient";
import { silent } from "../../remediation/scenarioParts";
import { autoscaler, relatedObjects } from "../../relatedObjects";
import { deployment, gone, without } from "./podlessCollector";

describe("a collector that is scaled to nothing", () => {
    const scaled = (spec: object, scaledObject?: string): DoctorFinding =>
        without(
            (patient) => {
                patient.jaegers = [];
                patient.evidence.relatedObjects = relatedObjects({ autoscalers: [autoscaler(spec, scaledObject)] });
            },
            deployment({}, { replicas: 0 }),
        );

    it("by KEDA, or by an autoscaler that may, is kept at one pod", () => {
        const keda = scaled({ minReplicas: 1 }, "jaeger-on-demand");
        assert.equal(keda.resource, "ScaledObject istio-system/jaeger-on-demand");
        assert.match(
            keda.commands[0] ?? "",
            /^kubectl patch scaledobjects\.keda\.sh jaeger-on-demand .*minReplicaCount","value":1/,
        );
        const own = scaled({ minReplicas: 0 });
        assert.equal(own.resource, "HorizontalPodAutoscaler istio-system/jaeger");
        assert.deepEqual(
            own.steps.map(({ verb }) => verb),
            ["patch", "scale", "await"],
        );
    });

    it("by hand beside an autoscaler is scaled up by hand", () => {
        const { got, steps } = scaled({ minReplicas: 1 });
        assert.match(
            got,
            /^Deployment istio-system\/jaeger scaled to 0 pods, so the HorizontalPodAutoscaler does nothing$/,
        );
        assert.deepEqual(
            steps.map(({ verb }) => verb),
            ["scale", "await"],
        );
    });
});

describe("a paused Deployment", () => {
    it("without a pod is resumed", () => {
        const { got, steps } = without(gone, deployment({}, { paused: true }));
        assert.match(got, /^paused before it created a pod$/);
        assert.deepEqual(
            steps.map(({ verb }) => verb),
            ["resume", "await"],
        );
    });

    it("with a ready pod is a warning, and is resumed before any cure that restarts it", () => {
        const warned = diagnosisOf((patient) => {
            patient.evidence.workloads = { value: [deployment({}, { paused: true })] };
        });
        assert.deepEqual(foundIn(warned), ["reception: rollout-paused"]);
        const { steps, cure } = findingOf(
            diagnosisOf((patient) => {
                silent(patient);
                const text =
                    "receivers: { otlp: { protocols: { grpc: {} } } }\nservice: { pipelines: { traces: { receivers: [otlp] } } }\n";
                for (const { spec } of patient.jaegers) if (spec) spec.volumes = [{ configMap: { name: "c" } }];
                const file = { metadata: { name: "c", namespace: "istio-system" }, data: { "c.yaml": text } };
                patient.evidence.collectorFiles = { value: [file] };
                patient.evidence.workloads = { value: [deployment({}, { paused: true })] };
            }),
            "collector-receiver-local",
        );
        assert.deepEqual(
            steps.map(({ verb }) => verb),
            ["merge", "resume", "restart", "await"],
        );
        assert.match(cure, /deployment\/jaeger is paused/);
    });
});
