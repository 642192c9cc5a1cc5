import { openClient } from "../shared/cluster/client";
import { openTarget, type TargetOptions } from "../shared/cluster/target";
import { openAccess, type Access } from "./access";
import { aimCommands, kubectlFor } from "./aim";
import { startDeadline, withDeadline } from "./deadline";
import { diagnose, type Diagnosis } from "./diagnose";
import type { Evidence } from "./evidence";
import { gather, type ExamineOptions } from "./gather";
import type { RequestPlan } from "./plan";
import { refuseUnreachable } from "./unreachable";

export type { Diagnosis } from "./diagnose";
export type { Approve, RequestPlan } from "./plan";

/** Which cluster and which path the doctor looks at. */
export interface DoctorOptions extends TargetOptions, ExamineOptions {
    /** Seconds that the cluster has for each answer. @default 10 */
    timeoutSeconds?: number;
    /** Seconds for the whole run, questions to a person aside. @default no limit */
    runSeconds?: number;
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
        await refuseUnreachable(client, target);
        const diagnosis = diagnose(await gatherInTime(access, options));
        return aimCommands(diagnosis, options.kubectl ?? kubectlFor(options));
    } finally {
        access.close();
    }
}

/** Seconds to remove what was started, once the time is up. */
const CLEAN_UP_SECONDS = 15;

async function gatherInTime(access: Access, options: DoctorOptions): Promise<Evidence> {
    const { runSeconds, approve, say = () => undefined } = options;
    if (runSeconds === undefined) return gather(access, options, say);
    const deadline = startDeadline(runSeconds);
    const asked = approve && ((plan: RequestPlan) => deadline.outside(() => approve(plan)));
    const gathering = gather(withDeadline(access, deadline), { ...options, approve: asked }, say);
    try {
        return await Promise.race([gathering, deadline.expired]);
    } catch (error) {
        if (deadline.isExpired()) await Promise.race([gathering.catch(() => undefined), patience(CLEAN_UP_SECONDS)]);
        throw error;
    } finally {
        deadline.clear();
    }
}

function patience(seconds: number): Promise<void> {
    return new Promise((resolve) => {
        setTimeout(resolve, seconds * 1000).unref();
    });
}
