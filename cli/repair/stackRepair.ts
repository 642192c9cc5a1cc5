import { realpathSync } from "node:fs";
import { connect } from "node:net";
import type { ClusterClient } from "../preflight/client";
import { UserError } from "../ui/errors";
import { findBackend, readLocks, type Backend } from "./backend";
import { lookAtHost } from "./host";
import { findOrphans, judgeLock, type JudgedLock } from "./lock";
import { isWithin, type RunWindow } from "./objects";
import type { ReleaseInStack, Repair, StoredRevision } from "./plan";
import type { PulumiCli } from "./pulumiCli";
import { lookAtObjects, readObject } from "./stackLook";
import { nameOf as describe, type StackFacts } from "./stackPlan";
import { adopt, nameOf, RELEASE, type Adoption, type Exported, type StateResource } from "./stackState";

/** Which stack is looked at, by which means. */
export interface StackRepairOptions {
    cli: PulumiCli;
    client: ClusterClient;
    projectDir: string;
    project: string;
    stack: string;
    abandoned: boolean;
}

/** What was seen of a stack, with all that is needed to act on it. */
export interface SeenStack {
    facts: StackFacts;
    exported: Exported;
    planned: StateResource[];
    runs: RunWindow[];
}

const POLL_MS = 500;
const END_MS = 10_000;

/** A Pulumi stack whose run may have been interrupted. */
export class StackRepair {
    private readonly options: StackRepairOptions;
    private readonly backend: Backend;
    /** Locks that were found, also those that have been cancelled since. */
    private readonly dead: JudgedLock[] = [];

    constructor(options: StackRepairOptions) {
        const backend = findBackend(options.projectDir, process.env);
        if (backend === undefined) throw new UserError("The Pulumi CLI is not logged in. Next: pulumi login", 2);
        this.options = options;
        this.backend = backend;
    }

    /**
     * Looks at the locks, the state and the cluster; undefined when the backend has no such stack.
     *
     * @param clearFirst looks no further where something is left of dead runs: the rest changes when that is cleared.
     */
    async look(clearFirst: boolean): Promise<SeenStack | undefined> {
        const { cli, client, projectDir, project, stack, abandoned } = this.options;
        const { folder, url } = this.backend;
        const stored = folder === undefined ? undefined : readLocks(folder, project, stack);
        const host = lookAtHost((stored ?? []).flatMap(({ taken }) => taken?.pid ?? []));
        const locks = stored?.map((lock) => judgeLock(lock, host));
        const orphans = await findOrphans(host, realpathSync(projectDir), answers);
        const facts = { stack, backend: url, locks, orphans, abandoned, pending: [], objects: [], missing: [] };
        const exported = await cli.export();
        if (exported === undefined) return undefined;
        // While a run is at work everything else changes under one's eyes.
        if (isAtWork(facts)) return { facts, exported, planned: [], runs: [] };
        this.remember(locks ?? []);
        const isLeft = orphans.length > 0 || (locks === undefined ? abandoned : locks.length > 0);
        if (clearFirst && isLeft) return { facts, exported, planned: [], runs: [] };
        const runs = await this.runs();
        const { planned, failed: previewFailed } = await cli.creations();
        const pending = exported.deployment.pending_operations ?? [];
        const seen = await lookAtObjects(client, exported, planned, runs);
        return { facts: { ...facts, previewFailed, pending, ...seen }, exported, planned, runs };
    }

    /** What a stack has to do with a Helm release. */
    release(seen: SeenStack, revisions: StoredRevision[], name: string): ReleaseInStack | undefined {
        const { exported, planned, runs } = seen;
        const { resources = [], pending_operations: operations = [] } = exported.deployment;
        const isIt = (one: StateResource): boolean => one.type === RELEASE && nameOf(one)?.name === name;
        const recorded = resources.find(isIt);
        const pending = operations.find(({ type, resource }) => type === "creating" && isIt(resource))?.resource;
        const found = recorded ?? pending ?? planned.find(isIt);
        if (found === undefined) return undefined;
        const { urn } = found;
        const newest = revisions.filter((one) => one.name === name).sort((a, b) => b.revision - a.revision)[0];
        const changedAt = newest?.changedAt ?? Number.NaN;
        const owned =
            newest?.byPulumi === true && (pending !== undefined || runs.some((run) => isWithin(changedAt, run)));
        const dependents = resources
            .filter(({ dependencies = [], parent }) => dependencies.includes(urn) || parent === urn)
            .map((one) => one.urn);
        return { urn, recorded: recorded !== undefined, owned: recorded !== undefined || owned, dependents };
    }

    /** Ends what is left of dead runs: their providers and their locks. */
    async clear({ facts: { orphans, locks, abandoned } }: SeenStack): Promise<void> {
        for (const { pid } of orphans) await end(pid);
        if (locks !== undefined) {
            if (locks.length > 0) await this.options.cli.cancel();
            return;
        }
        // Where nobody can see whether there is a lock: what comes next fails when one is left.
        if (abandoned) await this.options.cli.cancel().catch(() => undefined);
    }

    /** Waits until the cluster has deleted what it is deleting. */
    async awaitDeletions(seen: SeenStack, limitSeconds: number): Promise<void> {
        const deadline = performance.now() + limitSeconds * 1000;
        for (;;) {
            const { objects } = await lookAtObjects(this.options.client, seen.exported, seen.planned, seen.runs);
            const left = objects.filter(({ verdict }) => verdict.act === "wait").map(({ resource }) => resource.urn);
            if (left.length === 0) return;
            if (performance.now() > deadline) {
                const names = left.map(describe).join(", ");
                throw new UserError(
                    `The cluster has not deleted ${names} within ${String(limitSeconds)} s. A finalizer may hold it: find ` +
                        "its owner (kubectl get -o yaml), let it finish, and run this again.",
                );
            }
            await new Promise((done) => setTimeout(done, POLL_MS));
        }
    }

    /** Recorded releases of which Helm has no revision. */
    goneReleases({ exported }: SeenStack, stored: StoredRevision[]): StateResource[] {
        return (exported.deployment.resources ?? []).filter((one) => {
            const name = one.type === RELEASE ? nameOf(one)?.name : undefined;
            return name !== undefined && !stored.some((revision) => revision.name === name);
        });
    }

    /** Brings the state up to what the cluster has, and removes the releases that were left half way. */
    async finish(seen: SeenStack, repairs: Repair[], refresh: boolean): Promise<void> {
        const urns = (what: "adopt" | "uninstall"): string[] => repairs.flatMap((one) => one[what]?.urn ?? []);
        await this.takeIn(seen, urns("adopt"));
        if (refresh) await this.options.cli.refresh();
        if (urns("uninstall").length > 0) await this.options.cli.destroy(urns("uninstall"));
    }

    /** Takes objects and releases into the state, and forgets what was pending. */
    private async takeIn({ facts, exported, planned }: SeenStack, releases: string[]): Promise<void> {
        const adoptions: Adoption[] = [];
        const { pending_operations: operations = [] } = exported.deployment;
        const wanted = [...operations.map(({ resource }) => resource), ...planned];
        for (const urn of releases) {
            const release = wanted.find((one) => one.urn === urn);
            if (release !== undefined) adoptions.push({ wanted: release });
        }
        for (const { resource, verdict } of facts.objects) {
            if (verdict.act !== "adopt") continue;
            const live = await readObject(this.options.client, resource);
            adoptions.push({ wanted: resource, live, manager: verdict.manager });
        }
        if (adoptions.length === 0 && operations.length === 0) return;
        // A preview names resources after what they need.
        const order = planned.map(({ urn }) => urn);
        adoptions.sort((left, right) => order.indexOf(left.wanted.urn) - order.indexOf(right.wanted.urn));
        await this.options.cli.import(adopt(exported, adoptions, planned));
    }

    private remember(locks: JudgedLock[]): void {
        const known = this.dead.map(({ lock }) => lock.file);
        this.dead.push(...locks.filter(({ lock }) => !known.includes(lock.file)));
    }

    /** When runs of the stack were at work that did not end well. */
    private async runs(): Promise<RunWindow[]> {
        const past = await this.options.cli.history();
        const failed = past.filter(({ result }) => result !== "succeeded");
        return [
            ...failed.map(({ startTime, endTime }) => ({
                from: seconds(startTime),
                to: seconds(endTime),
                killed: false,
            })),
            ...this.dead.flatMap(({ lock: { taken } }) =>
                taken === undefined ? [] : [{ from: seconds(taken.timestamp), to: Date.now() / 1000, killed: true }],
            ),
        ];
    }
}

function isAtWork({ locks, abandoned }: Pick<StackFacts, "locks" | "abandoned">): boolean {
    return (locks ?? []).some(({ owner }) => owner === "alive" || (owner !== "dead" && !abandoned));
}

function seconds(time: string): number {
    return Date.parse(time) / 1000;
}

/** Whether something listens at `HOST:PORT`. */
function answers(address: string): Promise<boolean> {
    const at = address.lastIndexOf(":");
    return new Promise((done) => {
        const socket = connect(Number(address.slice(at + 1)), address.slice(0, at));
        const end = (listens: boolean) => () => {
            socket.destroy();
            done(listens);
        };
        socket.once("connect", end(true)).once("error", end(false)).setTimeout(2000, end(true));
    });
}

/** Ends a process in order, and at once when it takes its time. */
async function end(pid: number): Promise<void> {
    const started = performance.now();
    signal(pid, "SIGINT");
    while (lookAtHost([]).processes?.some((one) => one.pid === pid) === true) {
        if (performance.now() - started > END_MS) signal(pid, "SIGKILL");
        await new Promise((done) => setTimeout(done, 100));
    }
}

function signal(pid: number, name: NodeJS.Signals): void {
    try {
        process.kill(pid, name);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ESRCH") return;
        throw new UserError(`Process ${String(pid)} cannot be ended: ${(error as Error).message}.`);
    }
}
