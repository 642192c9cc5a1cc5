import type { TargetOptions } from "../../shared/cluster/target";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding } from "../segments";
import { quote } from "./commands";

/** How a shell calls kubectl for the cluster that was looked at; its own current context may be another. */
export function kubectlFor({ kubeconfig, context }: TargetOptions): string {
    // A kubeconfig that was given as its content has no file to name.
    const file = kubeconfig === undefined || kubeconfig.includes("\n") ? [] : [`--kubeconfig=${quote(kubeconfig)}`];
    return ["kubectl", ...file, ...(context === undefined ? [] : [`--context=${quote(context)}`])].join(" ");
}

/** The same diagnosis, with commands that go to that cluster. */
export function addTargetToCommands(diagnosis: Diagnosis, kubectl: string): Diagnosis {
    const addTarget = (finding: DoctorFinding): DoctorFinding => ({
        ...finding,
        // A replacement that is a text would take `$` for a group.
        commands: finding.commands.map((command) => command.replace(/^kubectl(?= )/, () => kubectl)),
    });
    return {
        ...diagnosis,
        findings: diagnosis.findings.map(addTarget),
        segments: diagnosis.segments.map((result) => ({ ...result, findings: result.findings.map(addTarget) })),
    };
}
