import pc from "picocolors";
import type { Finding, Severity } from "../../checks/finding";
import type { PreflightResult } from "./index";

/** The preflight's own options, for the commands that it prints. */
export interface Call {
    stack?: string;
    /** As on the command line. */
    context?: string;
    kubeconfig?: string;
    timeout?: string | undefined;
}

const COLOURS: Record<Severity, (text: string) => string> = { error: pc.red, warning: pc.yellow, info: pc.cyan };

/** The result for people: a line for each check, findings with their cure, and the next command. */
export function formatReport(result: PreflightResult, call: Call): string {
    const width = Math.max(...result.outcomes.map(({ check }) => check.length));
    const lines = result.outcomes.flatMap(({ check, findings, passed, skipped }) => {
        const name = check.padEnd(width);
        if (skipped !== undefined) return [`${pc.dim("skipped")}  ${name}  ${skipped}`];
        if (passed !== undefined) return [`${pc.green("ok     ")}  ${name}  ${passed}`];
        return findings.flatMap((finding) => formatFindingBlock(finding, name));
    });
    return [headline(result), "", ...lines, "", ...conclusion(result, call)].join("\n");
}

/** `{ findings, skipped }` for programs. */
export function formatJson({ findings, skipped }: Pick<PreflightResult, "findings" | "skipped">): string {
    return JSON.stringify({ findings, skipped }, undefined, 2);
}

function headline({ target, stack }: PreflightResult): string {
    const settings = stack === undefined ? "the program's default settings" : `the stack ${stack}`;
    return target === undefined
        ? `Preflight for ${settings}`
        : `Preflight of ${pc.bold(target.context)} (${target.server}) for ${settings}`;
}

function formatFindingBlock(finding: Finding, name: string): string[] {
    return [
        `${COLOURS[finding.severity](finding.severity.padEnd(7))}  ${name}  ${finding.resource} ${pc.dim(`(${finding.id})`)}`,
        `           expected: ${finding.expected}`,
        `           got:      ${finding.got}`,
        `           cure:     ${finding.cure}`,
    ];
}

function conclusion(result: PreflightResult, call: Call): string[] {
    const counts = count(result);
    if (result.exitCode === 2)
        return ["No cluster could be checked. Fix the problem, then run:", `  ${againCommand(call)}`];
    if (result.exitCode === 1)
        return [`${counts}. Nothing was written. Fix the errors, then run:`, `  ${againCommand(call)}`];
    const kind = result.update ? "an update" : "a first install";
    return [`${counts}. Next, start ${kind}:`, ...upCommands(call).map((command) => `  ${command}`)];
}

function count({ findings, skipped }: PreflightResult): string {
    const of = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
    const parts = [plural(of("error"), "error"), plural(of("warning"), "warning")];
    if (skipped.length > 0) parts.push(`${plural(skipped.length, "check")} skipped`);
    return parts.join(", ");
}

function plural(number: number, word: string): string {
    return `${String(number)} ${word}${number === 1 ? "" : "s"}`;
}

function againCommand({ stack, context, kubeconfig, timeout }: Call): string {
    const flags = Object.entries({ stack, context, kubeconfig, timeout })
        .filter(([, value]) => value !== undefined)
        .map(([flag, value]) => ` --${flag} ${String(value)}`);
    return `npm run preflight${flags.length === 0 ? "" : " --"}${flags.join("")}`;
}

/** `pulumi up` has no options --context and --kubeconfig, so the commands select the checked cluster in another way. */
function upCommands({ stack, context, kubeconfig }: Call): string[] {
    const select = stack === undefined ? "" : ` -s ${stack}`;
    const environment = kubeconfig === undefined ? "" : `KUBECONFIG=${kubeconfig} `;
    return [
        ...(context === undefined ? [] : [`pulumi config set kubernetes:context ${context}${select}`]),
        `${environment}pulumi up${select}`,
    ];
}
