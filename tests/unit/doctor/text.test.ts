import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../doctor/model";
import { formatFinding } from "../../../doctor/report/text";

describe("the report in a terminal", () => {
    it("shows a here-document so that it still ends where it is pasted", () => {
        const commands = ["kubectl apply -f - <<'EOF'\nkind: A\nEOF"];
        const lines = formatFinding({ severity: "error", commands } as DoctorFinding).join("\n");
        assert.match(lines, /\nkubectl apply -f - <<'EOF'\nkind: A\nEOF\n/);
    });
});
