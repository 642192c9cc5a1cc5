import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { diagnosisOf, findingOf, put } from "../../patient";
import { untraced } from "../../remediation/scenarioParts";

/** What is said of a collector in a namespace without labels, which these selectors exclude. */
function excludedBy(...discoverySelectors: object[]): DoctorFinding {
    return findingOf(
        diagnosisOf((patient) => {
            untraced(patient);
            Object.assign(patient.mesh.config, { discoverySelectors });
            put(patient.discovery, "namespaces", { metadata: { name: "istio-system", labels: {} } });
        }),
        "provider-host-unknown",
    );
}

describe("a collector's namespace that discoverySelectors exclude", () => {
    it("gets the label that they select", () => {
        const { commands } = excludedBy({ matchLabels: { mesh: "yes" } });
        assert.match(commands.join("\n"), /^kubectl label namespace istio-system mesh=yes/);
    });

    it("gets a selector of its own where that label would inject sidecars into it", () => {
        for (const label of [{ "istio-injection": "enabled" }, { "istio.io/rev": "stable" }]) {
            const { cure, commands } = excludedBy({ matchLabels: label });
            assert.match(cure, /would also inject sidecars there/);
            assert.doesNotMatch(commands.join("\n"), /kubectl label/);
            assert.match(commands.join("\n"), /kubernetes\.io\/metadata\.name: istio-system/);
        }
    });

    it("gets a selector of its own where no single label is enough", () => {
        const { commands } = excludedBy({ matchLabels: { mesh: "yes", team: "shop" } });
        assert.match(commands.join("\n"), /kubernetes\.io\/metadata\.name: istio-system/);
    });
});
