import { openClient } from "../shared/cluster/client";
import { openTarget, type TargetOptions } from "../shared/cluster/target";
import { openAccess, type Access } from "./connection/access";
import { addTargetToCommands, errorForCluster, kubectlFor } from "./remediation/targetCluster";
import { startDeadline, withDeadline } from "./connection/deadline";
import { requireReachable } from "./connection/reachability";
import { diagnose, type Diagnosis } from "./diagnose";
import type { Evidence } from "./evidence";
import { collectEvidence, type ExamineOptions } from "./evidence/collect";
import type { RequestPlan } from "./probe/plan";

export type { Diagnosis } from "./diagnose";
export type { Approve, RequestPlan } from "./probe/plan";

/** Sees what a run reads. */
export interface Witness {
    /** The same access, whose answers it sees. */
    attend: (access: Access) => Access;
    evidence: (evidence: Evidence) => void;
}

/** The cluster and the path that the doctor examines. */
export interface DoctorOptions extends TargetOptions, ExamineOptions {
    /** Time limit for each answer of the cluster, in seconds. @default 10 */
    timeoutSeconds?: number;
    /** Time limit for the whole run in seconds, without questions to a person. @default no limit */
    runSeconds?: number;
    /**
     * How to call kubectl for this cluster, in the commands of the findings.
     * @default kubectl with the given kubeconfig, and the context that was used
     */
    kubectl?: string;
    /** Reports progress. */
    say?: (line: string) => void;
    /** Sees what the run reads, such as for an archive. */
    witness?: Witness;
}

/**
 * Proves that tracing works along one path of a mesh, or finds where it fails.
 *
 * @throws CannotLook if there is no usable cluster, UserError if there is nothing to probe.
 */
export function runDoctor(options: DoctorOptions): Promise<Diagnosis> {
    return withAccess(options, async (opened, kubectl) => {
        const { witness } = options;
        const evidence = await collectInTime(witness?.attend(opened) ?? opened, options);
        witness?.evidence(evidence);
        return addTargetToCommands(diagnose(evidence), kubectl);
    });
}

/**
 * Opens a cluster while one action runs.
 *
 * @param act gets the access, and how to call kubectl for this cluster.
 * @throws CannotLook if there is no usable cluster, and any error of the action.
 */
export async function withAccess<T>(
    options: Pick<DoctorOptions, "kubeconfig" | "context" | "timeoutSeconds" | "kubectl">,
    act: (access: Access, kubectl: string) => Promise<T>,
): Promise<T> {
    const target = openTarget(options);
    const seconds = options.timeoutSeconds ?? 10;
    const client = await openClient(target, seconds);
    const access = openAccess(client, target.config, seconds);
    const kubectl = options.kubectl ?? kubectlFor(options, target.context);
    try {
        await requireReachable(client, target);
        return await act(access, kubectl);
    } catch (error) {
        throw errorForCluster(error, kubectl);
    } finally {
        access.close();
    }
}

/** Time to remove started objects after the time limit, in seconds. */
const CLEAN_UP_SECONDS = 15;

async function collectInTime(access: Access, options: DoctorOptions): Promise<Evidence> {
    const { runSeconds, approve, say = () => undefined } = options;
    if (runSeconds === undefined) return collectEvidence(access, options, say);
    const deadline = startDeadline(runSeconds);
    const asked = approve && ((plan: RequestPlan) => deadline.outside(() => approve(plan)));
    const collecting = collectEvidence(withDeadline(access, deadline), { ...options, approve: asked }, say);
    try {
        return await Promise.race([collecting, deadline.expired]);
    } catch (error) {
        if (deadline.isExpired()) await Promise.race([collecting.catch(() => undefined), patience(CLEAN_UP_SECONDS)]);
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
