import assert from "node:assert/strict";
import { diagnosisOf, findingOf, put } from "../../patient";
import type { Patient } from "../../patientModel";
import { block, live, untraced } from "../../remediation/scenarioParts";

const PULUMI = { managedFields: [{ manager: "pulumi-kubernetes-12ab" }] };

/** What switches reporting off in the frontend's namespace. */
function off(tracing: object, namespace = "demo", metadata: object = {}): (patient: Patient) => void {
    return (patient) => {
        untraced(patient);
        const telemetry = { metadata: { name: "quiet", namespace, ...metadata }, spec: { tracing: [tracing] } };
        const others = namespace === "demo" ? [patient.telemetry] : [];
        put(patient.discovery, "telemetries", ...others, telemetry);
    };
}

describe("a Telemetry that switches reporting off", () => {
    it("is cured by that field alone, without a word of a rate, where it is another team's", () => {
        for (const tracing of [
            { disableSpanReporting: true },
            { disableSpanReporting: true, randomSamplingPercentage: 0 },
        ]) {
            const { resource, cure, commands } = findingOf(diagnosisOf(off(tracing)), "reporting-disabled");
            assert.equal(resource, "Telemetry demo/quiet");
            assert.doesNotMatch(cure + commands.join(), /sampling/i);
            assert.match(
                commands.join(),
                /'\[\{"op":"replace","value":false,"path":"\/spec\/tracing\/0\/disableSpanReporting"\}\]'$/,
            );
        }
    });

    it("is cured in the same way where it is in the root namespace and has a rate", () => {
        const tracing = { providers: [{ name: "jaeger" }], disableSpanReporting: true, randomSamplingPercentage: 5 };
        const { cure } = findingOf(diagnosisOf(off(tracing, "istio-system", PULUMI)), "reporting-disabled");
        assert.equal(cure.startsWith("Take disableSpanReporting out."), true);
    });

    it("names the stack's setting where the stack switches it off for a rate of 0", () => {
        const tracing = { providers: [{ name: "jaeger" }], disableSpanReporting: true, randomSamplingPercentage: 0 };
        const { cure } = findingOf(diagnosisOf(off(tracing, "istio-system", PULUMI)), "reporting-disabled");
        assert.match(cure, /stack setting: samplingPercent above 0/);
    });

    it("gets a provider and no rate where it is the only one of the mesh", () => {
        const { commands } = findingOf(
            diagnosisOf(off({ disableSpanReporting: true }, "istio-system")),
            "telemetry-in-root-namespace",
        );
        assert.match(commands.join(), /\/spec\/tracing\/0\/providers/);
        assert.match(commands.join(), /"path":"\/spec\/tracing\/0\/disableSpanReporting","value":false/);
        assert.doesNotMatch(commands.join(), /sampling/i);
    });
});

describe("a Telemetry without a rate", () => {
    it("is not told what to record where another team keeps it", () => {
        const { cure, commands } = findingOf(
            diagnosisOf((patient) => {
                block(patient, { randomSamplingPercentage: undefined });
                patient.telemetry.metadata.annotations = { "argocd.argoproj.io/tracking-id": "platform:telemetry" };
                live(patient, 1);
            }),
            "sampling-default",
        );
        assert.doesNotMatch(cure, /samplingPercent/);
        assert.deepEqual(commands, []);
    });
});
