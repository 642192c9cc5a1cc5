import { formatFinding } from "../../checks/finding";
import { formatSuites, type JunitCase, type JunitSuite } from "../../shared/reports/junit";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding } from "../segments";
import { failuresOf, type FailOn } from "./verdict";

/** The diagnosis as JUnit XML. */
export function formatJunit(diagnosis: Diagnosis, failOn: FailOn = "error"): string {
    return formatSuites([suiteOf(diagnosis, failOn)]);
}

/** A test case for each segment, and one for the sampling. Findings that are not failures are its output. */
export function suiteOf(diagnosis: Diagnosis, failOn: FailOn): JunitSuite {
    const failures = failuresOf(diagnosis, failOn);
    const cases = [...diagnosis.segments.map(({ segment }) => segment), "sampling" as const].map(
        (segment): JunitCase => {
            const here = diagnosis.findings.filter((finding) => finding.segment === segment);
            const faults = here.filter((finding) => failures.includes(finding));
            const rest = here.filter((finding) => !failures.includes(finding));
            const output = rest.map(
                ({ severity, ...finding }) => `${severity}: ${formatFinding({ severity, ...finding })}`,
            );
            return {
                ...{ className: "doctor", name: segment, failures: faults.map(failure) },
                ...(output.length > 0 && { output: output.join("\n") }),
            };
        },
    );
    return { name: diagnosis.path, cases };
}

function failure({ id, resource, expected, got, cure, commands }: DoctorFinding): JunitCase["failures"][number] {
    const text = [`expected: ${expected}`, `got: ${got}`, `cure: ${cure}`, ...commands].join("\n");
    return { type: id, message: `${resource}: got ${got}`, text };
}
