import type { ContainerStatus } from "../../shared/kubernetes/objects";

/** Why the API server rejects the pods of a workload, from its message. */
export type CreationFailure =
    /** A ResourceQuota that has no room. */
    | { by: "quota"; name: string; requested: string; used: string; limited: string }
    /** A ResourceQuota that wants requests or limits to be set. */
    | { by: "quotaRequires"; name: string; what: string }
    /** A LimitRange, which the message does not name. */
    | { by: "limitRange"; rule: string }
    | { by: "podSecurity"; level: string; violations: string }
    | { by: "webhookDenied" | "webhookFailed"; name: string; said: string }
    | { by: "serviceAccount" | "priorityClass"; name: string }
    | { by: "other"; said: string };

/** A message longer than this is cut. */
const LONGEST = 400;

/**
 * Reads the message of a failed creation of a pod. Kubernetes writes it into the condition `ReplicaFailure` of a
 * Deployment and into events with the reason `FailedCreate`.
 *
 * Source: https://github.com/kubernetes/apiserver/blob/master/pkg/admission/plugin/resourcequota/controller.go and
 * https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/limitranger/admission.go
 */
export function readCreationFailure(message: string): CreationFailure {
    /* oxlint-disable project/no-decision-on-words -- The condition's reason is FailedCreate for all of these. */
    const [, quota, requested = "", used = "", limited = ""] =
        /exceeded quota: (\S+), requested: (.*), used: (.*), limited: (.*)$/s.exec(message) ?? [];
    if (quota !== undefined) return { by: "quota", name: quota, requested, used, limited };
    const [, strict, what = ""] = /failed quota: (\S+): (.*)$/s.exec(message) ?? [];
    if (strict !== undefined) return { by: "quotaRequires", name: strict, what: cut(what) };
    const [, level, violations = ""] = /violates PodSecurity "([^"]*)": (.*)$/s.exec(message) ?? [];
    if (level !== undefined) return { by: "podSecurity", level, violations: cut(violations) };
    const [, denying, denied = ""] = /admission webhook "([^"]*)" denied the request:? ?(.*)$/s.exec(message) ?? [];
    if (denying !== undefined) return { by: "webhookDenied", name: denying, said: cut(denied) };
    const [, failing, failed = ""] = /failed calling webhook "([^"]*)": (.*)$/s.exec(message) ?? [];
    if (failing !== undefined) return { by: "webhookFailed", name: failing, said: cut(failed) };
    const [, account] = /service ?account "?([^"\s]+)"? (?:was )?not found/.exec(message) ?? [];
    if (account !== undefined) return { by: "serviceAccount", name: account };
    const [, priority] = /no PriorityClass with name (\S+) was found/.exec(message) ?? [];
    if (priority !== undefined) return { by: "priorityClass", name: priority };
    const [, rule] =
        /is forbidden: (\[?(?:minimum|maximum) \S+ usage per .*|\[?\S+ max limit to request ratio .*)$/s.exec(
            message,
        ) ?? [];
    if (rule !== undefined) return { by: "limitRange", rule: cut(rule) };
    /* oxlint-enable project/no-decision-on-words */
    return { by: "other", said: cut(message) };
}

/** Why the scheduler finds no node for a pod. */
export type SchedulingFailure =
    | "resources"
    | "taint"
    | "affinity"
    | "unschedulable"
    | "tooManyPods"
    | "hostPort"
    | "volume";

/**
 * What the scheduler's plugins say:
 * https://github.com/kubernetes/kubernetes/tree/master/pkg/scheduler/framework/plugins
 */
const SCHEDULER: [SchedulingFailure, RegExp][] = [
    ["resources", /Insufficient [\w./-]+/],
    ["taint", /untolerated taints?(?:\(s\))? \{/],
    ["affinity", /didn't match Pod's node affinity\/selector/],
    ["unschedulable", /node\(s\) were unschedulable/],
    ["tooManyPods", /Too many pods/],
    ["hostPort", /free ports for the requested pod ports/],
    [
        "volume",
        /unbound immediate PersistentVolumeClaims|didn't find available persistent volumes|persistentvolumeclaim "[^"]*" not found|volume node affinity conflict|binding volumes/,
    ],
];

/** Reads the message of the condition `PodScheduled`: each node can have another reason. */
export function readSchedulingFailures(message: string): SchedulingFailure[] {
    // oxlint-disable-next-line project/no-decision-on-words -- The condition's reason is Unschedulable for all of these.
    return SCHEDULER.filter(([, said]) => said.test(message)).map(([reason]) => reason);
}

/** Why a node has no image; the reason of a container that waits for one is the same for all of these. */
export type PullFailure = "login" | "missing" | "other";

/** Reads what a registry answered, from the message of a container that waits for its image. */
export function readPullFailure(said: string): PullFailure {
    if (/unauthorized|denied|authentication required|no basic auth/i.test(said)) return "login";
    return /not found|manifest unknown|does not exist/i.test(said) ? "missing" : "other";
}

/** A message on one line, with at most so many characters. */
export function cut(text: string, longest = LONGEST): string {
    const line = text.replace(/\s+/g, " ").trim();
    return line.length > longest ? `${line.slice(0, longest)}...` : line;
}

/** From 128 on, a signal ended the container: the kubelet's after a failed probe, or one for want of memory. */
const FIRST_SIGNAL = 128;

/** True: the container ended with an error of its own, and waits, or runs again until it does the same. */
export function endsByItself({ state, lastState, restartCount = 0 }: ContainerStatus): boolean {
    if (state?.waiting?.reason === "CrashLoopBackOff" || (state?.terminated?.exitCode ?? 0) !== 0) return true;
    const code = lastState?.terminated?.exitCode ?? 0;
    return restartCount > 0 && code !== 0 && code < FIRST_SIGNAL;
}
