import type { ClusterObject } from "../../shared/kubernetes/objects";
import { MANAGED_BY_LABEL } from "../../shared/names/kubernetes";

/** A time in which a run of the stack was at work and did not end well, in seconds since 1970. */
export interface RunWindow {
    from: number;
    to: number;
    /** True for one that was killed, and so could not write down what it had begun. */
    killed: boolean;
}

/** The runs of a stack that may have made what its state does not have. */
export interface PastRuns {
    windows: RunWindow[];
    /** When the newest run began that has come to its end, in seconds since 1970; undefined when there was none. */
    newestBegan?: number;
}

/** What an object of the cluster tells of its origin. */
export interface Origin {
    /** Seconds since 1970. */
    createdAt: number;
    /** True while the cluster deletes it. */
    deleting: boolean;
    /** Who of Pulumi has written it, and when. */
    writes: { manager: string; at: number }[];
}

/** An object that the stack wants. */
export interface WantedObject {
    /** True when a killed run had begun to make it. */
    pending: boolean;
    /** True when the stack's state has it. */
    recorded: boolean;
    /** True for a patch of an object that somebody else made. */
    patch: boolean;
    /** Undefined when the cluster has no such object. */
    origin: Origin | undefined;
}

/** What is to be done with an object. */
export type ObjectVerdict =
    | { act: "nothing" }
    /** Its deletion has begun: wait for its end. */
    | { act: "wait" }
    /** This stack made it: the state takes it in. */
    | { act: "adopt"; manager: string; writtenAt: number }
    /** Whether this stack made it is not shown. */
    | { act: "refuse"; reason: string };

/** The clocks of the cluster and of whoever ran Pulumi may differ, and a provider outlives its engine for a while. */
const CLOCKS_SECONDS = 60;
const MANAGER = "pulumi-kubernetes";

/** Decides about an object that the stack wants. */
export function judgeObject({ pending, recorded, patch, origin }: WantedObject, runs: PastRuns): ObjectVerdict {
    if (origin === undefined) return { act: "nothing" };
    if (origin.deleting) return { act: "wait" };
    if (recorded) return { act: "nothing" };
    const write = [...origin.writes].sort((left, right) => right.at - left.at).at(0);
    if (write === undefined) {
        // Of a patch nothing was written; any other object belongs to somebody else, which preflight tells.
        return pending && !patch ? { act: "refuse", reason: "Pulumi did not write it" } : { act: "nothing" };
    }
    const madeAt = patch ? write.at : origin.createdAt;
    if (isShown(madeAt, pending, runs)) return { act: "adopt", manager: write.manager, writtenAt: write.at };
    if (patch) return { act: "nothing" };
    return { act: "refuse", reason: whyNotShown(madeAt, runs) };
}

/** Whether something that was made at a time is the work of a killed run of the stack. */
export function isShown(madeAt: number, pending: boolean, { windows, newestBegan = -Infinity }: PastRuns): boolean {
    const killed = windows.filter((run) => run.killed);
    if (killed.some((run) => isWithin(madeAt, run))) return true;
    // Its lock is gone, and with it the time at which it was at work: after the newest run that came to its end.
    return pending && killed.length === 0 && madeAt >= newestBegan - CLOCKS_SECONDS;
}

/** A run that failed has written down what it made, so that another stack may have made the rest at that time. */
export function whyNotShown(madeAt: number, { windows }: PastRuns): string {
    const failed = windows.some((run) => !run.killed && isWithin(madeAt, run));
    return failed
        ? `a run of this stack failed when it was made (${formatTime(madeAt)}), which does not show that this stack made it`
        : `no interrupted run of this stack was at work when it was made (${formatTime(madeAt)})`;
}

/** Whether something happened while a run was at work. */
export function isWithin(moment: number, { from, to }: Pick<RunWindow, "from" | "to">): boolean {
    return moment >= from - CLOCKS_SECONDS && moment <= to + CLOCKS_SECONDS;
}

/** Reads what the metadata tells. */
export function originOf({ metadata }: ClusterObject): Origin {
    const createdAt = seconds(metadata.creationTimestamp);
    const signed = (metadata.managedFields ?? []).flatMap(({ manager = "", time }) =>
        manager.startsWith(MANAGER) ? [{ manager, at: time === undefined ? createdAt : seconds(time) }] : [],
    );
    // With server-side apply switched off Pulumi sets a label instead.
    const labelled = metadata.labels?.[MANAGED_BY_LABEL] === "pulumi";
    const writes = signed.length === 0 && labelled ? [{ manager: MANAGER, at: createdAt }] : signed;
    return { createdAt, deleting: metadata.deletionTimestamp !== undefined, writes };
}

function seconds(time: string | undefined): number {
    return Date.parse(time ?? "") / 1000;
}

function formatTime(moment: number): string {
    return Number.isNaN(moment) ? "at an unknown time" : new Date(moment * 1000).toISOString();
}
