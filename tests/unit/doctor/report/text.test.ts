import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { diagnose, type Diagnosis } from "../../../../doctor/diagnose";
import { collectEvidence } from "../../../../doctor/evidence/collect";
import { formatJson } from "../../../../doctor/report/json";
import { formatFinding, formatText } from "../../../../doctor/report/text";
import type { DoctorFinding } from "../../../../doctor/segments";
import { fakeMesh } from "../fakeMesh";

describe("the report in a terminal", () => {
    it("shows a here-document so that it still ends where it is pasted", () => {
        const commands = ["kubectl apply -f - <<'EOF'\nkind: A\nEOF"];
        const lines = formatFinding({ severity: "error", commands } as DoctorFinding).join("\n");
        assert.match(lines, /\nkubectl apply -f - <<'EOF'\nkind: A\nEOF\n/);
    });

    it("shows what a terminal would obey, and does not send it there", async () => {
        const { access } = fakeMesh({ bystanders: 0, backends: 1, answering: 0 });
        const diagnosis = diagnose(await collectEvidence(access, { requests: 10 }, () => undefined));
        const spans = diagnosis.trace?.spans.map((span) => ({ ...span, operation: "GET \x1b[2J\x9b1m/\r" }));
        assert.ok(diagnosis.trace !== undefined && spans !== undefined);
        const text = formatText({ ...diagnosis, trace: { ...diagnosis.trace, spans }, path: "from a\x07 to b" });
        assert.match(text, /GET \\x1b\[2J\\x9b1m\/\\x0d/);
        assert.match(text, /from a\\x07 to b/);

        assert.doesNotMatch(stripVTControlCharacters(text.replaceAll("\n", "")), /[\x00-\x1f\x7f-\x9f]/);
    });
});

describe("the doctor's JSON", () => {
    it("says who decided a rate in the same words as the report", () => {
        const object = { namespace: "istio-system", name: "mesh-default" };
        const decidedBy = { source: "telemetry", object, field: "randomSamplingPercentage" };
        const given = { sampling: { decidedBy }, inventory: { live: [{ decidedBy }] } } as unknown as Diagnosis;
        const words = "Telemetry istio-system/mesh-default, randomSamplingPercentage";
        assert.deepEqual(JSON.parse(formatJson(given)), {
            sampling: { decidedBy: words },
            survey: { live: [{ decidedBy: words }] },
        });
    });
});
