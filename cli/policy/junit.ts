import type { Judgement } from "./index";
import type { RuleRun } from "./judge";

/** The judgements as JUnit XML: a suite for each, a test case for each rule. Advisory violations do not fail a case. */
export function formatJunit(judgements: Judgement[]): string {
    const suites = judgements.map(suite);
    return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites, "</testsuites>"].join("\n");
}

function suite({ subject, environment, runs }: Judgement): string {
    const failures = runs.filter(({ violations }) => violations.some(({ severity }) => severity === "error")).length;
    return [
        `  <testsuite name="${escape(`${subject} as ${environment}`)}" tests="${String(runs.length)}" failures="${String(failures)}">`,
        ...runs.map((run) => testCase(run, subject)),
        "  </testsuite>",
    ].join("\n");
}

function testCase({ rule, violations }: RuleRun, subject: string): string {
    const open = `    <testcase classname="${escape(subject)}" name="${rule}"`;
    const lines = violations.map(
        ({ severity, resource, expected, got, cure, source }) =>
            `${severity}: ${resource} (${source}): expected ${expected}, got ${got}. ${cure}`,
    );
    if (lines.length === 0) return `${open}/>`;
    const failed = violations.some(({ severity }) => severity === "error");
    const first = `${lines[0] ?? ""}${lines.length > 1 ? ` (and ${String(lines.length - 1)} more)` : ""}`;
    const text = escape(lines.join("\n"));
    const body = failed
        ? `<failure type="${rule}" message="${escape(first)}">${text}</failure>`
        : `<system-out>${text}</system-out>`;
    return `${open}>\n      ${body}\n    </testcase>`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** Text as XML takes it, in an attribute or between tags; characters that XML has not are replaced. */
function escape(text: string): string {
    return (
        text
            .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu, "\ufffd")
            // These XML has, and a terminal obeys them.
            .replace(/[\u007f-\u0084\u0086-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd")
            .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "")
    );
}
