import assert from "node:assert/strict";
import type { Diagnosis } from "../../../doctor/diagnose";
import type { DoctorFinding } from "../../../doctor/model";
import { formatText } from "../../../doctor/report/text";

describe("the report in a terminal", () => {
    it("shows a here-document so that it still ends where it is pasted", () => {
        const finding = { severity: "error", commands: ["kubectl apply -f - <<'EOF'\nkind: A\nEOF"] } as DoctorFinding;
        const diagnosis = {
            ...{ mesh: {}, segments: [], skipped: [], findings: [finding], healthy: true },
            ...{ sampling: { configuredPercent: 100 }, loss: { missing: {} } },
        } as unknown as Diagnosis;
        assert.match(formatText(diagnosis), /\nkubectl apply -f - <<'EOF'\nkind: A\nEOF\n/);
    });
});
