import type { Host, HostProcess } from "./host";

/** A lock of a stack, as the backend stores it. */
export interface StoredLock {
    /** Its file. */
    file: string;
    /** Its owner; undefined if that cannot be read. */
    taken?: { pid: number; username: string; hostname: string; timestamp: string };
}

/** The status of the run that took a lock. */
export type LockOwner = "dead" | "alive" | "elsewhere" | "unknown";

/** A lock and the status of its owner. */
export interface JudgedLock {
    lock: StoredLock;
    owner: LockOwner;
    /** The evidence, for people. */
    evidence: string;
}

/** A provider process whose engine has ended. */
export interface Orphan {
    pid: number;
    /** Address of the engine that started it. */
    engine: string;
    /** When it started, in seconds since 1970, because its number can be reused. */
    startedAt: number;
}

/** Start times have a precision of a hundredth of a second and come from a different clock than a lock's time. */
const SLACK_SECONDS = 2;
const ENGINE = "pulumi";
const PROVIDER = "pulumi-resource-kubernetes";

/** Decides whether the run that took a lock still works. */
export function judgeLock(lock: StoredLock, host: Host): JudgedLock {
    const { taken } = lock;
    if (taken === undefined) return { lock, owner: "unknown", evidence: "the lock file does not name its owner" };
    const who = `process ${String(taken.pid)} of ${taken.username}@${taken.hostname}, since ${taken.timestamp}`;
    if (taken.hostname !== host.name) {
        return {
            lock,
            owner: "elsewhere",
            evidence: `${who}: that machine is not this one, so its processes cannot be checked`,
        };
    }
    if (host.processes === undefined) {
        return { lock, owner: "unknown", evidence: `${who}: the processes of this machine cannot be listed` };
    }
    const running = host.processes.find(({ pid }) => pid === taken.pid);
    if (running === undefined) {
        return host.sharesNumbers
            ? { lock, owner: "dead", evidence: `${who}: that process has ended` }
            : { lock, owner: "unknown", evidence: `${who}: it may be running outside this container` };
    }
    const later = running.startedAt > Date.parse(taken.timestamp) / 1000 + SLACK_SECONDS;
    const isPulumi = running.program.startsWith("pulumi");
    if (later && !isPulumi) {
        return {
            lock,
            owner: "dead",
            evidence: `${who}: that process ID now belongs to ${running.program}, which started later`,
        };
    }
    if (later)
        return {
            lock,
            owner: "unknown",
            evidence: `${who}: that process ID now belongs to a pulumi that started later`,
        };
    if (!isPulumi) {
        return {
            lock,
            owner: "unknown",
            evidence: `${who}: that process ID belongs to ${running.program}, which started earlier`,
        };
    }
    return { lock, owner: "alive", evidence: `${who}: that process is running` };
}

/**
 * Providers of this project whose engine has ended, but which still complete their operations.
 *
 * @param answers whether something listens at an address.
 */
export async function findOrphans(
    { processes = [], network }: Host,
    folder: string,
    answers: (address: string) => Promise<boolean>,
): Promise<Orphan[]> {
    const engines = processes.filter(({ program }) => program === ENGINE).map(({ pid }) => pid);
    const providers = processes
        .filter(({ program }) => program === PROVIDER)
        .filter(isOf(folder))
        // An engine in another network namespace answers there, not here.
        .filter((one) => network !== undefined && one.network === network)
        .filter(({ parent }) => parent !== undefined && !engines.includes(parent));
    const orphans = await Promise.all(
        providers.map(async ({ pid, args, startedAt }) => {
            const engine = args.find((arg) => /^[\w.[\]:]+:\d+$/.test(arg));
            return engine === undefined || (await answers(engine)) ? [] : [{ pid, engine, startedAt }];
        }),
    );
    return orphans.flat();
}

/** The CLI starts a provider in the project's folder. */
function isOf(folder: string): (one: HostProcess) => boolean {
    return (one) => one.folder === folder;
}
