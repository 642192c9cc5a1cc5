import { realpathSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { ClusterClient } from "../../shared/cluster/client";
import { UserError } from "../../shared/terminal/errors";
import { readLocks, type Backend } from "./backend";
import { isIdle, requireJudged, requireUnchanged } from "./evidence";
import { inspectHost, type Host } from "./host";
import { findOrphans, judgeLock, type JudgedLock } from "./lock";
import { isShown, isWithin, whyNotShown, type PastRuns } from "./objects";
import type { ReleaseInStack, Repair, StoredRevision } from "./plan";
import { answers, end } from "./processes";
import type { PulumiCli } from "./pulumiCli";
import { compareWithCluster, readObject } from "./stackComparison";
import { nameOf as describe, type StackFacts } from "./stackPlan";
import type { StackName } from "./stackName";
import { adopt, nameOf, RELEASE, type Adoption, type Exported, type StateResource } from "./stackState";

/** The stack to examine, and the means. */
export interface StackRepairOptions {
    cli: PulumiCli;
    backend: Backend;
    client: ClusterClient;
    projectDir: string;
    project: string;
    stack: string;
    name: StackName;
    abandoned: boolean;
}

/** The result of an examination, with everything that the repair needs. */
export interface SeenStack {
    facts: StackFacts;
    exported: Exported;
    planned: StateResource[];
    runs: PastRuns;
}

const POLL_MS = 500;
const NO_RUNS: PastRuns = { windows: [] };
const NOT_LOOKED = { previewBegan: true, missing: [], unread: [], recorded: 0, met: false, destroying: false };

/** A Pulumi stack whose run may have been interrupted. */
export class StackRepair {
    private readonly options: StackRepairOptions;
    private readonly backend: Backend;
    /** Locks that were found, including those that were canceled afterwards. */
    private readonly dead: JudgedLock[] = [];
    /** True after a recorded object was found in the cluster. */
    private met = false;

    constructor(options: StackRepairOptions) {
        this.options = options;
        this.backend = options.backend;
    }

    /**
     * Examines the locks, the state and the cluster; undefined if the backend has no such stack.
     *
     * @param clearFirst stops at the remains of dead runs, because their removal changes the rest.
     */
    async look(clearFirst: boolean): Promise<SeenStack | undefined> {
        const { cli, client, projectDir, stack, abandoned } = this.options;
        const { url } = this.backend;
        const { locks, host } = this.judgeLocks();
        const orphans = await findOrphans(host, realpathSync(projectDir), answers);
        const facts = { stack, backend: url, locks, orphans, abandoned, pending: [], objects: [], ...NOT_LOOKED };
        const exported = await cli.export();
        if (exported === undefined) return undefined;
        // While a run is active, everything else can change at any time.
        if (isAtWork(facts)) return { facts, exported, planned: [], runs: NO_RUNS };
        this.remember(locks ?? []);
        const isLeft = orphans.length > 0 || (locks === undefined ? abandoned : locks.length > 0);
        const { planned, began: previewBegan, failed: previewFailed } = await cli.creations();
        const preview = { previewFailed, previewBegan };
        if (!previewBegan || (clearFirst && isLeft)) {
            return { facts: { ...facts, ...preview }, exported, planned: [], runs: NO_RUNS };
        }
        const runs = await this.runs();
        const pending = exported.deployment.pending_operations ?? [];
        const seen = await compareWithCluster(client, exported, planned, runs);
        this.met ||= seen.recorded > seen.missing.length;
        const { destroying = false } = runs;
        return {
            facts: { ...facts, ...preview, pending, ...seen, met: this.met, destroying },
            exported,
            planned,
            runs,
        };
    }

    /** The relation between a stack and a Helm release. */
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
        const byPulumi = newest?.byPulumi === true;
        const owned = recorded !== undefined || (byPulumi && isShown(changedAt, pending !== undefined, runs));
        const isNear = pending !== undefined || runs.windows.some((run) => isWithin(changedAt, run));
        const doubt = byPulumi && !owned && isNear ? whyNotShown(changedAt, runs) : undefined;
        const dependents = resources
            .filter(({ dependencies = [], parent }) => dependencies.includes(urn) || parent === urn)
            .map((one) => one.urn);
        return { urn, recorded: recorded !== undefined, owned, doubt, dependents };
    }

    /** Whether there is proof that no run of this stack uses a release. */
    isIdle({ facts, exported }: SeenStack, name: string): boolean {
        const { resources = [] } = exported.deployment;
        const recorded = resources.some((one) => one.type === RELEASE && nameOf(one)?.name === name);
        return isIdle(facts, this.dead, { name, recorded });
    }

    /** Ends the providers of dead runs, and removes their locks. */
    async clear({ facts: { orphans, locks, abandoned } }: SeenStack): Promise<void> {
        for (const orphan of orphans) await end(orphan);
        if (locks !== undefined) {
            if (locks.length === 0) return;
            // The command removes every lock.
            requireJudged(this.judgeLocks().locks ?? [], locks);
            await this.options.cli.cancel();
            return;
        }
        // It is unknown whether there is a lock. If one is left, the next step fails.
        if (abandoned) await this.options.cli.cancel().catch(() => undefined);
    }

    /** Waits until the cluster has completed its deletions. */
    async awaitDeletions(seen: SeenStack, limitSeconds: number): Promise<void> {
        const deadline = performance.now() + limitSeconds * 1000;
        for (;;) {
            const { objects } = await compareWithCluster(this.options.client, seen.exported, seen.planned, seen.runs);
            const left = objects.filter(({ verdict }) => verdict.act === "wait").map(({ resource }) => resource.urn);
            if (left.length === 0) return;
            if (performance.now() > deadline) {
                const names = left.map(describe).join(", ");
                throw new UserError(
                    `Expected the cluster to delete ${names} within ${String(limitSeconds)} s, but it did not. A finalizer may block the deletion: find ` +
                        "its owner (kubectl get -o yaml), let it finish, then run this command again.",
                );
            }
            await setTimeout(POLL_MS);
        }
    }

    /** Namespaces in which the state has a Helm release, even if the settings have changed. */
    releaseNamespaces({ exported }: SeenStack): string[] {
        return recordedReleases(exported).flatMap((one) => nameOf(one)?.namespace ?? []);
    }

    /** Recorded releases of which Helm has no revision. */
    goneReleases({ exported }: SeenStack, stored: StoredRevision[]): StateResource[] {
        return recordedReleases(exported).filter((one) => {
            const { name, namespace } = nameOf(one) ?? {};
            const isIt = (revision: StoredRevision): boolean =>
                revision.name === name && (namespace === undefined || revision.namespace === namespace);
            return name !== undefined && !stored.some(isIt);
        });
    }

    /**
     * Updates the state from the cluster, and removes incomplete releases.
     *
     * @param forget makes Helm forget revisions after the state is updated.
     */
    async finish(seen: SeenStack, repairs: Repair[], refresh: boolean, forget: () => Promise<void>): Promise<void> {
        const urns = (what: "adopt" | "uninstall"): string[] => repairs.flatMap((one) => one[what]?.urn ?? []);
        await this.takeIn(seen, urns("adopt"));
        await forget();
        if (refresh) await this.options.cli.refresh();
        if (urns("uninstall").length > 0) await this.options.cli.destroy(urns("uninstall"));
    }

    /** Adds objects and releases to the state, and forgets pending operations. */
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
        // A preview lists resources after their dependencies.
        const order = planned.map(({ urn }) => urn);
        adoptions.sort((left, right) => order.indexOf(left.wanted.urn) - order.indexOf(right.wanted.urn));
        requireUnchanged(await this.options.cli.export(), exported);
        await this.options.cli.import(adopt(exported, adoptions, planned));
    }

    /** The current locks, if they can be read. */
    private judgeLocks(): { locks: JudgedLock[] | undefined; host: Host } {
        const { project, name } = this.options;
        const { folder } = this.backend;
        const stored = folder === undefined ? undefined : readLocks(folder, project, name.stack);
        const host = inspectHost((stored ?? []).flatMap(({ taken }) => taken?.pid ?? []));
        return { host, locks: stored?.map((lock) => judgeLock(lock, host)) };
    }

    private remember(locks: JudgedLock[]): void {
        const known = this.dead.map(({ lock }) => lock.file);
        this.dead.push(...locks.filter(({ lock }) => !known.includes(lock.file)));
    }

    /** The times of the stack's runs that failed or were killed. */
    private async runs(): Promise<PastRuns> {
        const past = await this.options.cli.history();
        const failed = past.filter(({ result }) => result !== "succeeded");
        const windows = [
            ...failed.map(({ startTime, endTime }) => ({
                from: seconds(startTime),
                to: seconds(endTime),
                killed: false,
            })),
            ...this.dead.flatMap(({ lock: { taken } }) =>
                taken === undefined ? [] : [{ from: seconds(taken.timestamp), to: Date.now() / 1000, killed: true }],
            ),
        ];
        const [newest] = past.toSorted((left, right) => seconds(right.startTime) - seconds(left.startTime));
        if (newest === undefined) return { windows };
        const destroying = newest.kind === "destroy" && newest.result !== "succeeded";
        return { windows, newestBegan: seconds(newest.startTime), destroying };
    }
}

function recordedReleases({ deployment: { resources = [] } }: Exported): StateResource[] {
    return resources.filter(({ type }) => type === RELEASE);
}

function isAtWork({ locks, abandoned }: Pick<StackFacts, "locks" | "abandoned">): boolean {
    return (locks ?? []).some(({ owner }) => owner === "alive" || (owner !== "dead" && !abandoned));
}

function seconds(time: string): number {
    return Date.parse(time) / 1000;
}
