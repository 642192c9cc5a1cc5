import type { Diagnosis } from "../diagnose";
import type { DoctorFinding } from "../model";

/** The diagnosis as JUnit XML: a test case for each segment, and one for the sampling. */
export function formatJunit(diagnosis: Diagnosis): string {
    const cases = [...diagnosis.segments.map(({ segment }) => segment), "sampling" as const].map((segment) => {
        const findings = diagnosis.findings.filter((finding) => finding.segment === segment);
        return { segment, faults: findings.filter(({ severity }) => severity !== "info") };
    });
    const failures = cases.filter(({ faults }) => faults.length > 0).length;
    const lines = cases.map(({ segment, faults }) => {
        const open = `    <testcase classname="doctor" name="${segment}"`;
        if (faults.length === 0) return `${open}/>`;
        return `${open}>\n${faults.map(failure).join("\n")}\n    </testcase>`;
    });
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites><testsuite name="${escape(diagnosis.path)}" tests="${String(cases.length)}" failures="${String(failures)}">`,
        ...lines,
        "</testsuite></testsuites>",
    ].join("\n");
}

function failure({ id, resource, expected, got, cure, commands }: DoctorFinding): string {
    const text = [`expected: ${expected}`, `got: ${got}`, `cure: ${cure}`, ...commands].join("\n");
    return `        <failure type="${id}" message="${escape(`${resource}: got ${got}`)}">${escape(text)}</failure>`;
}

/** Also takes out what XML cannot hold. */
function escape(text: string): string {
    const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
    return text
        .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "")
        .replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}
