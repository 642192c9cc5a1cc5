import type { ClusterObject } from "../../checks/clusterObjects";

/** A time in which a run of the stack was at work and did not end well, in seconds since 1970. */
export interface RunWindow {
    from: number;
    to: number;
    /** True for one that was killed, and so could not write down what it had begun. */
    killed: boolean;
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
export function judgeObject({ pending, recorded, patch, origin }: WantedObject, runs: RunWindow[]): ObjectVerdict {
    if (origin === undefined) return { act: "nothing" };
    if (origin.deleting) return { act: "wait" };
    if (recorded) return { act: "nothing" };
    const write = [...origin.writes].sort((left, right) => right.at - left.at).at(0);
    if (write === undefined) {
        // Of a patch nothing was written; any other object belongs to somebody else, which preflight tells.
        return pending && !patch ? { act: "refuse", reason: "Pulumi did not write it" } : { act: "nothing" };
    }
    const madeAt = patch ? write.at : origin.createdAt;
    const adopt = { act: "adopt", manager: write.manager, writtenAt: write.at } as const;
    if (runs.some((run) => isWithin(madeAt, run))) return adopt;
    // Its lock is gone, and with it the time at which it was at work.
    if (pending && !runs.some(({ killed }) => killed)) return adopt;
    if (patch) return { act: "nothing" };
    return { act: "refuse", reason: `no interrupted run of this stack was at work when it was made (${at(madeAt)})` };
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
    const labelled = metadata.labels?.["app.kubernetes.io/managed-by"] === "pulumi";
    const writes = signed.length === 0 && labelled ? [{ manager: MANAGER, at: createdAt }] : signed;
    return { createdAt, deleting: metadata.deletionTimestamp !== undefined, writes };
}

function seconds(time: string | undefined): number {
    return Date.parse(time ?? "") / 1000;
}

function at(moment: number): string {
    return Number.isNaN(moment) ? "at an unknown time" : new Date(moment * 1000).toISOString();
}
