import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { diagnose, type Diagnosis } from "../../../../../doctor/diagnose";
import type { TracingSummary } from "../../../../../doctor/evidence/envoyConfig";
import { samplingFacts } from "../../../../../doctor/report/facts";
import { formatText } from "../../../../../doctor/report/text";
import { diagnosisOf, evidenceOf, foundIn, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

const FILTER = objectOf("demo", "less", { configPatches: [{ patch: { value: { tracing: {} } } }] });

/** A mesh whose route to the backend has its own tracing. */
function withRoute(tracing: object): Diagnosis {
    const evidence = evidenceOf((patient) => {
        put(patient.discovery, "envoyFilters", FILTER);
    });
    const routes = [{ name: "default", match: { prefix: "/" }, tracing }];
    if (evidence.source !== undefined)
        evidence.source.routes = { value: [{ virtual_hosts: [{ domains: ["backend"], routes }] }] };
    return diagnose(evidence);
}

function withListener(side: "outbound" | "inbound", change: Partial<TracingSummary>): Diagnosis {
    return diagnosisOf((patient: Patient) => {
        put(patient.discovery, "envoyFilters", FILTER);
        patient[side] = patient[side].map((chain) => ({
            ...chain,
            tracing: chain.tracing && { ...chain.tracing, ...change },
        }));
    });
}

function liveFact(diagnosis: Diagnosis): string | undefined {
    return new Map(samplingFacts(diagnosis)).get("live");
}

describe("the live rate of a sidecar", () => {
    it("is the route's own, wherever the report says one", () => {
        const diagnosis = withRoute({ random_sampling: { numerator: 5 }, overall_sampling: { numerator: 100 } });
        assert.deepEqual(foundIn(diagnosis), ["sampling: sampling-not-live"]);
        assert.equal(liveFact(diagnosis), "5 % in the sidecar, from the route default");
        const rates = diagnosis.inventory.live.filter(({ side }) => side === "client");
        assert.deepEqual(
            rates.map(({ livePercent }) => livePercent),
            [5],
        );
        const text = stripVTControlCharacters(formatText(diagnosis));
        assert.match(text, /random_sampling 100 %, replaced by 5 % of the route default/);
        assert.doesNotMatch(text, /live +100 % in/);
    });

    it("is 100 percent for a route that leaves it out, also where its listener has less", () => {
        const diagnosis = withRoute({ client_sampling: { numerator: 1 } });
        assert.equal(diagnosis.sampling.livePercent, 100);
        assert.deepEqual(foundIn(diagnosis), []);
    });

    it("is limited by the route's overall rate", () => {
        const diagnosis = withRoute({ overall_sampling: { numerator: 5 } });
        assert.deepEqual(foundIn(diagnosis), ["sampling: sampling-not-live"]);
        assert.equal(diagnosis.sampling.livePercent, 5);
    });

    it("is limited by the listener's overall rate, which is one finding", () => {
        const diagnosis = withListener("outbound", { overallSampling: 5 });
        assert.deepEqual(foundIn(diagnosis), ["sidecar: sampling-capped"]);
        assert.equal(liveFact(diagnosis), "5 % in the sidecar");
        assert.deepEqual(foundIn(withListener("inbound", { overallSampling: 5 })), ["sidecar: sampling-capped"]);
    });

    it("is the listener's, where a target's sidecar has another one", () => {
        const diagnosis = withListener("inbound", { randomSampling: 5 });
        assert.deepEqual(foundIn(diagnosis), ["sampling: sampling-not-live"]);
        assert.equal(liveFact(diagnosis), "100 % in the sidecar");
    });
});
