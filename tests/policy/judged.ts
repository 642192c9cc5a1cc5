import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { judgeFiles } from "../../cli/policy/index";
import { violationsOf } from "../../cli/policy/report";
import type { Violation } from "../../cli/policy/judge";

/** What a run over files found. */
export interface Judged {
    /** Rules of violations, each once, in the order of the rules. */
    rules: string[];
    violations: Violation[];
    notes: string[];
}

/**
 * Judges texts as files of these names, for production.
 *
 * @param without rules that are of no matter here.
 */
export function judgeTexts(texts: Record<string, string>, without: string[] = []): Judged {
    const folder = mkdtempSync(join(tmpdir(), "judged-"));
    try {
        const files = Object.entries(texts).map(([name, text]) => {
            const file = join(folder, name);
            mkdirSync(dirname(file), { recursive: true });
            writeFileSync(file, text);
            return file;
        });
        const judgement = judgeFiles(files, {});
        const violations = violationsOf(judgement).filter(({ rule }) => !without.includes(rule));
        const rules = [...new Set(violations.map(({ rule }) => rule))];
        // That nothing says what workloads take is of no matter to any of these.
        const notes = judgement.notes.filter((note) => !note.startsWith("mtls-strict: "));
        return { rules, violations, notes };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** A provider of spans, as lines of YAML. */
export const PROVIDER = `extensionProviders:
  - name: otel
    opentelemetry: { service: spans.observability.svc.cluster.local, port: 4317 }
`;

/** The mesh-wide Telemetry that names it. */
export const TELEMETRY = `apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: mesh-default, namespace: istio-system }
spec: { tracing: [{ providers: [{ name: otel }], randomSamplingPercentage: 5 }] }
`;

/** Its collector, with a port by a name that is no protocol. */
export const UNMARKED_SERVICE = `apiVersion: v1
kind: Service
metadata: { name: spans, namespace: observability }
spec: { selector: { app: spans }, ports: [{ name: otlp-grpc, port: 4317 }] }
`;

/** Text further to the right. */
export function indent(text: string, blanks: number): string {
    return text.replace(/^(?=.)/gm, " ".repeat(blanks));
}

/** A ConfigMap with a mesh configuration. */
export function meshConfigMap(mesh: string, name = "istio", namespace = "istio-system"): string {
    return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata:\n  mesh: |\n${indent(mesh, 4)}`;
}
