import assert from "node:assert/strict";
import type { Diagnosis } from "../../../../doctor";
import { annotation, formatAnnotations, withoutCommands } from "../../../../doctor/report/github";
import type { DoctorFinding } from "../../../../doctor/segments";

function finding(severity: DoctorFinding["severity"], id: string, got = "none"): DoctorFinding {
    const words = { resource: "Service a/b", expected: "one", got, cure: "Add it." };
    return { id, severity, segment: "export", values: {}, steps: [], commands: [], ...words };
}

function diagnosis(given: Partial<Diagnosis>): Diagnosis {
    return { healthy: false, findings: [], brokenAt: undefined, skipped: [], ...given } as unknown as Diagnosis;
}

describe("the annotations for GitHub Actions", () => {
    it("are one for each finding, errors first, with the cure and without a file", () => {
        const findings = [finding("info", "c"), finding("warning", "b"), finding("error", "a")];
        assert.deepEqual(formatAnnotations(diagnosis({ findings })), [
            "::error title=a (export)::Service a/b: expected one, got none%0ACure: Add it.",
            "::warning title=b (export)::Service a/b: expected one, got none%0ACure: Add it.",
            "::notice title=c (export)::Service a/b: expected one, got none%0ACure: Add it.",
        ]);
    });

    it("name the cluster where there are several, and say that nothing is proven", () => {
        const [line = ""] = formatAnnotations(diagnosis({}), "prod");
        assert.match(line, /^::error title=prod%3A Tracing is not proven::Not proven: no fault was found/);
    });

    it("are none for a healthy mesh", () => {
        assert.deepEqual(formatAnnotations(diagnosis({ healthy: true })), []);
    });

    it("cannot be forged by a name in the cluster", () => {
        const [line = "", ...rest] = formatAnnotations(
            diagnosis({ findings: [finding("error", "a", "50%\r\n::set-env name=PATH::/evil")] }),
        );
        assert.deepEqual(rest, []);
        assert.ok(!line.includes("\n") && !line.includes("\r"));
        assert.match(line, /got 50%25%0D%0A::set-env/);
        assert.equal(annotation("error", "a,b:c", ""), "::error title=a%2Cb%3Ac::");
    });

    it("stand after a report in which the runner looks for no commands", () => {
        const [stop = "", report, start] = withoutCommands("::error::forged").split("\n");
        const token = /^::stop-commands::([0-9a-f-]{36})$/.exec(stop)?.[1] ?? "";
        assert.equal(report, "::error::forged");
        assert.equal(start, `::${token}::`);
    });
});
