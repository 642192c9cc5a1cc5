import type { Host, HostProcess } from "./host";

/** A lock of a stack, as the backend keeps it. */
export interface StoredLock {
    /** Where it is kept. */
    file: string;
    /** Who took it; undefined where that cannot be read. */
    taken?: { pid: number; username: string; hostname: string; timestamp: string };
}

/** What is known of the run that took a lock. */
export type LockOwner = "dead" | "alive" | "elsewhere" | "unknown";

/** A lock and what became of its owner. */
export interface JudgedLock {
    lock: StoredLock;
    owner: LockOwner;
    /** What shows it, in words. */
    evidence: string;
}

/** A provider process whose engine has gone. */
export interface Orphan {
    pid: number;
    /** Address of the engine that started it. */
    engine: string;
    /** When it started, in seconds since 1970: its number may get another owner. */
    startedAt: number;
}

/** Start times are known to a hundredth of a second and come from another clock than a lock's. */
const SLACK_SECONDS = 2;
const ENGINE = "pulumi";
const PROVIDER = "pulumi-resource-kubernetes";

/** Says whether the run that took a lock still works. */
export function judgeLock(lock: StoredLock, host: Host): JudgedLock {
    const { taken } = lock;
    if (taken === undefined) return { lock, owner: "unknown", evidence: "the lock file does not say who took it" };
    const who = `process ${String(taken.pid)} of ${taken.username}@${taken.hostname}, since ${taken.timestamp}`;
    if (taken.hostname !== host.name) {
        return { lock, owner: "elsewhere", evidence: `${who}: another machine, where this one cannot look` };
    }
    if (host.processes === undefined) {
        return { lock, owner: "unknown", evidence: `${who}: the processes of this machine cannot be listed` };
    }
    const running = host.processes.find(({ pid }) => pid === taken.pid);
    if (running === undefined) {
        return host.sharesNumbers
            ? { lock, owner: "dead", evidence: `${who}: that process has ended` }
            : { lock, owner: "unknown", evidence: `${who}: it may be at work outside of this container` };
    }
    const later = running.startedAt > Date.parse(taken.timestamp) / 1000 + SLACK_SECONDS;
    const isPulumi = running.program.startsWith("pulumi");
    if (later && !isPulumi) {
        return { lock, owner: "dead", evidence: `${who}: that number now belongs to a later ${running.program}` };
    }
    if (later) return { lock, owner: "unknown", evidence: `${who}: that number belongs to a pulumi that began later` };
    if (!isPulumi) {
        return {
            lock,
            owner: "unknown",
            evidence: `${who}: that number belongs to ${running.program}, which is older`,
        };
    }
    return { lock, owner: "alive", evidence: `${who}: that process is at work` };
}

/**
 * Providers of this project that nobody can give an order any more, but which bring what they began to its end.
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
        // An engine elsewhere in the network answers there, and not here.
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
