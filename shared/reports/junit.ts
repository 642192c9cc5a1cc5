import { escapeMarkup } from "./escape";

/** A suite of a report in JUnit XML, which CI systems read. */
export interface JunitSuite {
    name: string;
    cases: JunitCase[];
}

/** A test case, which failed if it has failures. */
export interface JunitCase {
    className: string;
    name: string;
    failures: { type: string; message: string; text: string }[];
    /** Its output without a failure. @default nothing */
    output?: string;
}

/** The suites as JUnit XML. */
export function formatSuites(suites: JunitSuite[]): string {
    return ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...suites.map(suite), "</testsuites>"].join("\n");
}

function suite({ name, cases }: JunitSuite): string {
    const failed = cases.filter(({ failures }) => failures.length > 0).length;
    return [
        `  <testsuite name="${escapeXml(name)}" tests="${String(cases.length)}" failures="${String(failed)}">`,
        ...cases.map(testCase),
        "  </testsuite>",
    ].join("\n");
}

function testCase({ className, name, failures, output }: JunitCase): string {
    const open = `    <testcase classname="${escapeXml(className)}" name="${escapeXml(name)}"`;
    const lines = failures.map(
        ({ type, message, text }) =>
            `      <failure type="${escapeXml(type)}" message="${escapeXml(message)}">${escapeXml(text)}</failure>`,
    );
    if (output !== undefined) lines.push(`      <system-out>${escapeXml(output)}</system-out>`);
    return lines.length === 0 ? `${open}/>` : [`${open}>`, ...lines, "    </testcase>"].join("\n");
}

/** Escapes text for XML, and replaces characters that XML does not allow or that a terminal interprets. */
function escapeXml(text: string): string {
    return escapeMarkup(
        text
            .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/gu, "\ufffd")
            .replace(/[\u007f-\u0084\u0086-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd"),
    );
}
