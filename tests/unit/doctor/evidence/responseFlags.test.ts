import assert from "node:assert/strict";
import { describeFlags } from "../../../../doctor/evidence/responseFlags";
import { diagnosisOf, findingOf } from "../patient";

describe("Envoy's response flags", () => {
    it("are explained, each of several", () => {
        assert.equal(
            describeFlags("UF,URX"),
            "UF (no connection to the host behind the cluster), URX (all retries or connection attempts failed)",
        );
    });

    it("are explained for the flags that a reader of an access log meets", () => {
        for (const flag of [
            "DC",
            "DPE",
            "FI",
            "LR",
            "NC",
            "NR",
            "RL",
            "UAEX",
            "UC",
            "UF",
            "UH",
            "UO",
            "UPE",
            "UR",
            "UT",
        ])
            assert.match(describeFlags(flag), new RegExp(`^${flag} \\(.{10,}\\)$`));
    });

    it("stay as they are where Envoy has newer ones, or none", () => {
        assert.equal(describeFlags("XX"), "XX");
        assert.equal(describeFlags(""), "");
        assert.equal(describeFlags("constructor"), "constructor");
    });

    it("appear in a finding with their meaning", () => {
        const diagnosis = diagnosisOf((patient) => {
            Object.assign(patient, { status: 503, spans: "none" });
            patient.evidence.responseFlags = "UO";
        });
        assert.match(findingOf(diagnosis, "request-failed").got, /response flags UO \(a limit of the cluster for/);
    });
});
