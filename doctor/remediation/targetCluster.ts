import type { TargetOptions } from "../../shared/cluster/target";
import { UserError } from "../../shared/terminal/errors";
import { CannotLook } from "../../shared/cluster/target";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding } from "../segments";
import { quote } from "../../shared/values/quote";
import { formatCommand } from "./commands";

/** The client's name for the service account of a pod, which is in no kubeconfig. */
const IN_CLUSTER = "inClusterContext";

/**
 * How to call kubectl for the examined cluster. The shell's current context may be another one, now or later.
 *
 * @param current the context that was used, if none was given.
 */
export function kubectlFor({ kubeconfig, context }: TargetOptions, current?: string): string {
    // A kubeconfig that was passed as content has no file to name, and the shell's own may not contain its contexts.
    const unnamed = kubeconfig?.includes("\n") === true;
    const file = kubeconfig === undefined || unnamed ? [] : [`--kubeconfig=${quote(kubeconfig)}`];
    const chosen = context ?? (unnamed || current === IN_CLUSTER ? undefined : current);
    return ["kubectl", ...file, ...(chosen === undefined ? [] : [`--context=${quote(chosen)}`])].join(" ");
}

/** The same diagnosis with commands for that cluster, including those in the text of cures. */
export function addTargetToCommands(diagnosis: Diagnosis, kubectl: string): Diagnosis {
    const addTarget = (finding: DoctorFinding): DoctorFinding => ({
        ...finding,
        cure: textForCluster(finding.cure, kubectl),
        commands: finding.steps.map((step) => formatCommand(step, kubectl)),
    });
    return {
        ...diagnosis,
        findings: diagnosis.findings.map(addTarget),
        segments: diagnosis.segments.map((result) => ({ ...result, findings: result.findings.map(addTarget) })),
    };
}

/** An error of the doctor with commands for that cluster. */
export function errorForCluster(error: unknown, kubectl: string): unknown {
    if (error instanceof CannotLook)
        return new CannotLook({ ...error.finding, cure: textForCluster(error.finding.cure, kubectl) });
    return error instanceof UserError ? new UserError(textForCluster(error.message, kubectl), error.exitCode) : error;
}

/** Replaces calls of kubectl and istioctl in a text, such as `kubectl get pods`, with calls for one cluster. */
export function textForCluster(words: string, kubectl: string): string {
    // In a replacement text, `$` would refer to a group.
    return words
        .replace(/\bkubectl(?= [a-z])/g, () => kubectl)
        .replace(/\bistioctl(?= [a-z])/g, () => kubectl.replace(/\bkubectl\b/, "istioctl"));
}
