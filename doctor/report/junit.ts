import { formatSuites, type JunitCase } from "../../shared/reports/junit";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding } from "../segments";

/** The diagnosis as JUnit XML: a test case for each segment, and one for the sampling. */
export function formatJunit({ path, segments, findings }: Diagnosis): string {
    const cases = [...segments.map(({ segment }) => segment), "sampling" as const].map((segment): JunitCase => {
        const faults = findings.filter((finding) => finding.segment === segment && finding.severity !== "info");
        return { className: "doctor", name: segment, failures: faults.map(failure) };
    });
    return formatSuites([{ name: path, cases }]);
}

function failure({ id, resource, expected, got, cure, commands }: DoctorFinding): JunitCase["failures"][number] {
    const text = [`expected: ${expected}`, `got: ${got}`, `cure: ${cure}`, ...commands].join("\n");
    return { type: id, message: `${resource}: got ${got}`, text };
}
