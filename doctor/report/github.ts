import { randomUUID } from "node:crypto";
import type { Severity } from "../../checks/finding";
import type { Diagnosis } from "../diagnose";
import { describeVerdict, sortFindings } from "./verdict";

/** Commands of the runner: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions */
const COMMANDS: Record<Severity, string> = { error: "error", warning: "warning", info: "notice" };

/**
 * The findings as annotations of a GitHub Actions job, the most severe first, because GitHub shows only ten of each
 * severity. They have no file, because they are about a cluster.
 *
 * @param cluster names the cluster in the titles, if there are several.
 */
export function formatAnnotations(diagnosis: Diagnosis, cluster?: string): string[] {
    const where = cluster === undefined ? "" : `${cluster}: `;
    const lines = sortFindings(diagnosis.findings).map(({ severity, id, segment, resource, expected, got, cure }) =>
        annotation(
            severity,
            `${where}${id} (${segment})`,
            `${resource}: expected ${expected}, got ${got}\nCure: ${cure}`,
        ),
    );
    const { state, title, sentence } = describeVerdict(diagnosis);
    return state === "unproven" ? [annotation("error", `${where}${title}`, sentence), ...lines] : lines;
}

/** One annotation of a job. */
export function annotation(severity: Severity, title: string, text: string): string {
    return `::${COMMANDS[severity]} title=${escapeProperty(title)}::${escapeData(text)}`;
}

/** A report in the log of a job, in which the runner must not look for commands: names of a cluster can contain some. */
export function withoutCommands(report: string): string {
    const token = randomUUID();
    return [`::stop-commands::${token}`, report, `::${token}::`].join("\n");
}

function escapeData(text: string): string {
    return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
    return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
