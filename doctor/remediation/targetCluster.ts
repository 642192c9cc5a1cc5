import type { TargetOptions } from "../../shared/cluster/target";
import { UserError } from "../../shared/terminal/errors";
import { CannotLook } from "../../shared/cluster/target";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding } from "../segments";
import { formatCommand, quote } from "./commands";

/** Name that the client gives to the service account of a pod, which no kubeconfig knows. */
const IN_CLUSTER = "inClusterContext";

/**
 * How a shell calls kubectl for the cluster that was looked at; its own current context may be another, now or later.
 *
 * @param current the context that was looked at, where none was given.
 */
export function kubectlFor({ kubeconfig, context }: TargetOptions, current?: string): string {
    // A kubeconfig that was given as its content has no file to name, and the shell's own may lack its contexts.
    const unnamed = kubeconfig?.includes("\n") === true;
    const file = kubeconfig === undefined || unnamed ? [] : [`--kubeconfig=${quote(kubeconfig)}`];
    const chosen = context ?? (unnamed || current === IN_CLUSTER ? undefined : current);
    return ["kubectl", ...file, ...(chosen === undefined ? [] : [`--context=${quote(chosen)}`])].join(" ");
}

/** The same diagnosis, with commands that go to that cluster, those in the words of cures as well. */
export function addTargetToCommands(diagnosis: Diagnosis, kubectl: string): Diagnosis {
    const addTarget = (finding: DoctorFinding): DoctorFinding => ({
        ...finding,
        cure: aimWords(finding.cure, kubectl),
        commands: finding.steps.map((step) => formatCommand(step, kubectl)),
    });
    return {
        ...diagnosis,
        findings: diagnosis.findings.map(addTarget),
        segments: diagnosis.segments.map((result) => ({ ...result, findings: result.findings.map(addTarget) })),
    };
}

/** An error of the doctor's, with commands that go to that cluster. */
export function aimError(error: unknown, kubectl: string): unknown {
    if (error instanceof CannotLook)
        return new CannotLook({ ...error.finding, cure: aimWords(error.finding.cure, kubectl) });
    return error instanceof UserError ? new UserError(aimWords(error.message, kubectl), error.exitCode) : error;
}

/** Words with calls of kubectl and istioctl, such as `kubectl get pods`, as calls for one cluster. */
export function aimWords(words: string, kubectl: string): string {
    // A replacement that is a text would take `$` for a group.
    return words
        .replace(/\bkubectl(?= [a-z])/g, () => kubectl)
        .replace(/\bistioctl(?= [a-z])/g, () => kubectl.replace(/\bkubectl\b/, "istioctl"));
}
