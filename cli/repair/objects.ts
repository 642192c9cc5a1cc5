import type { ClusterObject } from "../../shared/kubernetes/objects";
import { MANAGED_BY_LABEL } from "../../shared/names/kubernetes";

/** The time of a run of the stack that failed or was killed, in seconds since 1970. */
export interface RunWindow {
    from: number;
    to: number;
    /** True for a run that was killed, and so could not record what it had started. */
    killed: boolean;
}

/** The runs of a stack that may have created objects that are missing from its state. */
export interface PastRuns {
    windows: RunWindow[];
    /** When the newest completed run started, in seconds since 1970; undefined if there was none. */
    newestBegan?: number;
    /** True if the newest completed run is a destroy that failed. */
    destroying?: boolean;
}

/** What the metadata of an object shows about its origin. */
export interface Origin {
    /** Seconds since 1970. */
    createdAt: number;
    /** True while the cluster deletes it. */
    deleting: boolean;
    /** Pulumi's field manager that wrote it, and when. */
    writes: { manager: string; at: number }[];
}

/** An object that the stack wants. */
export interface WantedObject {
    /** True if a killed run had started to create it. */
    pending: boolean;
    /** True if the stack's state contains it. */
    recorded: boolean;
    /** True for a patch of an object from another creator. */
    patch: boolean;
    /** True in a namespace that the stack's state contains, and that the stack has created. */
    inOwnNamespace: boolean;
    /** Undefined if the cluster has no such object. */
    origin: Origin | undefined;
}

/** The action for an object. */
export type ObjectVerdict =
    | { act: "nothing" }
    /** Its deletion has started: wait for the end. */
    | { act: "wait" }
    /** This stack created it: add it to the state. */
    | { act: "adopt"; manager: string; writtenAt: number }
    /** There is no proof that this stack created it. */
    | { act: "refuse"; reason: string };

/** The clocks of the cluster and of Pulumi's machine can differ, and a provider outlives its engine for a while. */
const CLOCKS_SECONDS = 60;
const MANAGER = "pulumi-kubernetes";

/** Decides the action for an object that the stack wants. */
export function judgeObject(
    { pending, recorded, patch, inOwnNamespace, origin }: WantedObject,
    runs: PastRuns,
): ObjectVerdict {
    if (origin === undefined) return { act: "nothing" };
    if (origin.deleting) return { act: "wait" };
    if (recorded) return { act: "nothing" };
    const write = [...origin.writes].sort((left, right) => right.at - left.at).at(0);
    if (write === undefined) {
        // A pending patch without Pulumi's field manager was not written. Any other object belongs to another owner,
        // which preflight reports.
        return pending && !patch ? { act: "refuse", reason: "Pulumi did not write it" } : { act: "nothing" };
    }
    const madeAt = patch ? write.at : origin.createdAt;
    // A failed run did not record what its provider was creating when it died. In a namespace of the stack's own, no other
    // stack creates an object with the same name.
    const isOwn = inOwnNamespace && runs.windows.some((run) => isWithin(madeAt, run));
    if (isOwn || isShown(madeAt, pending, runs)) return { act: "adopt", manager: write.manager, writtenAt: write.at };
    if (patch) return { act: "nothing" };
    return { act: "refuse", reason: whyNotShown(madeAt, runs) };
}

/** Whether an object created at a time is the work of a killed run of the stack. */
export function isShown(madeAt: number, pending: boolean, { windows, newestBegan = -Infinity }: PastRuns): boolean {
    const killed = windows.filter((run) => run.killed);
    if (killed.some((run) => isWithin(madeAt, run))) return true;
    // Its lock is gone, and with it the time of the run: it was after the newest completed run.
    return pending && killed.length === 0 && madeAt >= newestBegan - CLOCKS_SECONDS;
}

/** A failed run has recorded what it created, so another stack may have created the rest at that time. */
export function whyNotShown(madeAt: number, { windows }: PastRuns): string {
    const failed = windows.some((run) => !run.killed && isWithin(madeAt, run));
    return failed
        ? `a run of this stack failed at the time of its creation (${formatTime(madeAt)}), which does not prove that this stack created it`
        : `no interrupted run of this stack was active at the time of its creation (${formatTime(madeAt)})`;
}

/** Whether something happened during a run. */
export function isWithin(moment: number, { from, to }: Pick<RunWindow, "from" | "to">): boolean {
    return moment >= from - CLOCKS_SECONDS && moment <= to + CLOCKS_SECONDS;
}

/** Reads the origin from the metadata. */
export function originOf({ metadata }: ClusterObject): Origin {
    const createdAt = seconds(metadata.creationTimestamp);
    const signed = (metadata.managedFields ?? []).flatMap(({ manager = "", time }) =>
        manager.startsWith(MANAGER) ? [{ manager, at: time === undefined ? createdAt : seconds(time) }] : [],
    );
    // Without server-side apply, Pulumi sets a label instead.
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
