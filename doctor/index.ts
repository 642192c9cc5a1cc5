import { openClient } from "../shared/cluster/client";
import { openTarget, type TargetOptions } from "../shared/cluster/target";
import { openAccess } from "./connection/access";
import { requireReachable } from "./connection/reachability";
import { diagnose, type Diagnosis } from "./diagnose";
import { collectEvidence, type ExamineOptions } from "./evidence/collect";
import { addTargetToCommands, kubectlFor } from "./remediation/targetCluster";

export type { Diagnosis } from "./diagnose";

/** Which cluster and which path the doctor looks at. */
export interface DoctorOptions extends TargetOptions, ExamineOptions {
    /** Seconds that the cluster has for each answer. @default 10 */
    timeoutSeconds?: number;
    /**
     * How a shell calls kubectl for this cluster, in the commands of the findings.
     * @default kubectl with the kubeconfig and the context that were given
     */
    kubectl?: string;
    /** Says what goes on. */
    say?: (line: string) => void;
}

/**
 * Proves that tracing works along one path of a mesh, or finds where it breaks off.
 *
 * @throws CannotLook when there is no usable cluster, UserError when there is nothing to probe.
 */
export async function runDoctor(options: DoctorOptions): Promise<Diagnosis> {
    const target = openTarget(options);
    const seconds = options.timeoutSeconds ?? 10;
    const client = await openClient(target, seconds);
    const access = openAccess(client, target.config, seconds);
    try {
        await requireReachable(client, target);
        const diagnosis = diagnose(await collectEvidence(access, options, options.say ?? (() => undefined)));
        return addTargetToCommands(diagnosis, options.kubectl ?? kubectlFor(options));
    } finally {
        access.close();
    }
}
