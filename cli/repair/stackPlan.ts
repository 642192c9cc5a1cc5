import type { JudgedLock, Orphan } from "./lock";
import type { JudgedObject } from "./stackComparison";
import { nameOf as objectName, type PendingOperation, type StateResource } from "./stackState";
import type { Repair } from "./plan";

/** The facts about a stack. */
export interface StackFacts {
    stack: string;
    /** URL of the backend. */
    backend: string;
    /** Undefined if only the backend itself knows them. */
    locks: JudgedLock[] | undefined;
    orphans: Orphan[];
    /** The user asserts that no run is active. */
    abandoned: boolean;
    /** Why the program's next resources are unknown. */
    previewFailed?: string;
    /** False if the preview did not reach any resource of the program. Then a run cannot repair anything either. */
    previewBegan: boolean;
    pending: PendingOperation[];
    objects: JudgedObject[];
    missing: StateResource[];
    /** Recorded resources that were never read from the cluster. */
    unread: StateResource[];
    /** The number of recorded objects. */
    recorded: number;
    /** True if this repair has found a recorded object in the cluster. */
    met: boolean;
    /** True if the newest completed run is a destroy that failed. */
    destroying: boolean;
}

/** One step of the repair of a stack. */
export interface StackStep {
    act: "end" | "cancel" | "wait" | "import" | "refresh" | "uninstall";
    what: string;
    /** The equivalent command for a user; undefined if only the repair can do it. */
    command?: string;
}

/** The steps of the repair, and what it leaves to the user. */
export interface StackPlan {
    steps: StackStep[];
    /** What is not changed, the reason, and the next step. */
    refused: string[];
    /** True if a run may be active. Then the repair does nothing. */
    blocked: boolean;
}

/**
 * Decides how to repair a stack after an interrupted run, so that `up` and `destroy` can continue.
 *
 * @param goneReleases recorded releases of which Helm has no revision.
 */
export function planStack(facts: StackFacts, releases: Repair[], goneReleases: StateResource[] = []): StackPlan {
    const { stack, orphans, pending } = facts;
    const blocking = (facts.locks ?? []).filter(
        ({ owner }) => owner !== "dead" && (owner === "alive" || !facts.abandoned),
    );
    if (blocking.length > 0) return { steps: [], refused: blocking.map(refuseLock), blocked: true };
    if (facts.previewFailed !== undefined && !facts.previewBegan) {
        return {
            steps: [],
            refused: [`Nothing can be repaired yet, because the preview failed: ${facts.previewFailed}`],
            blocked: true,
        };
    }
    const gone = everythingGone(facts);
    if (gone !== undefined) return { steps: [], refused: [gone], blocked: true };
    const of = (act: JudgedObject["verdict"]["act"]): StateResource[] =>
        facts.objects.filter(({ verdict }) => verdict.act === act).map(({ resource }) => resource);
    const adopted = [...of("adopt").map(({ urn }) => urn), ...urnsOf(releases, "adopt")];
    const uninstalled = urnsOf(releases, "uninstall");
    const steps: StackStep[] = orphans.map(({ pid, engine }) => ({
        act: "end",
        what: `end process ${String(pid)}, a provider whose engine (${engine}) has ended`,
        command: `kill -INT ${String(pid)}`,
    }));
    const cancel = (what: string): void => {
        steps.push({ act: "cancel", what, command: `pulumi cancel --yes --stack ${stack}` });
    };
    for (const { evidence } of facts.locks ?? []) cancel(`remove the lock of ${evidence}`);
    if (facts.locks === undefined && facts.abandoned) cancel("remove the lock if there is one");
    for (const one of of("wait"))
        steps.push({ act: "wait", what: `wait until the cluster has deleted ${nameOf(one.urn)}` });
    for (const { resource, type } of pending.filter(({ resource: { urn } }) => !adopted.includes(urn))) {
        steps.push({ act: "import", what: `forget that ${nameOf(resource.urn)} was interrupted while ${type}` });
    }
    for (const urn of adopted) steps.push({ act: "import", what: `add ${nameOf(urn)} to the state` });
    for (const { urn } of [...facts.missing, ...goneReleases])
        steps.push({ act: "refresh", what: `forget ${nameOf(urn)}, which no longer exists` });
    for (const { urn } of facts.unread)
        steps.push({ act: "refresh", what: `read ${nameOf(urn)}, of which the state has only the inputs` });
    if (steps.length > 0 || uninstalled.length > 0 || releases.some(({ remove }) => remove.length > 0)) {
        const command = `pulumi refresh --yes --stack ${stack}`;
        steps.push({ act: "refresh", what: "read every resource of the state from the cluster", command });
    }
    for (const urn of uninstalled) {
        const command = `pulumi destroy --yes --stack ${stack} --target ${urn}`;
        steps.push({ act: "uninstall", what: `remove the incomplete ${nameOf(urn)}`, command });
    }
    if (facts.locks === undefined && !facts.abandoned && steps.length > 0) {
        return { steps: [], refused: [refuseBlind(facts, steps)], blocked: true };
    }
    const refused = facts.objects.flatMap(refuseObject);
    if (facts.previewFailed !== undefined) {
        refused.unshift(
            `Objects that a run created without recording them cannot be found, because the preview failed: ${facts.previewFailed}`,
        );
    }
    return { steps, refused, blocked: false };
}

/**
 * A refresh against a different cluster would remove everything from the state. After a destroy that failed, it is
 * expected instead: the cluster completes deletions whose answer nobody received.
 */
function everythingGone(facts: StackFacts): string | undefined {
    const { stack, missing, recorded, met, pending, destroying } = facts;
    if (met || destroying || recorded === 0 || missing.length < recorded) return undefined;
    const deleting = pending.filter(({ type }) => type === "deleting").map(({ resource: { urn } }) => urn);
    if (missing.every(({ urn }) => deleting.includes(urn))) return undefined;
    return (
        `Expected at least one of the ${String(recorded)} objects that the stack's state records, got none. This may be the wrong ` +
        "cluster: check --kubeconfig and --context. If it is the right one and everything in it was deleted, run: " +
        `pulumi refresh --stack ${stack}`
    );
}

function urnsOf(releases: Repair[], what: "adopt" | "uninstall"): string[] {
    return releases.flatMap((release) => release[what]?.urn ?? []);
}

function refuseLock({ owner, evidence, lock }: JudgedLock): string {
    if (owner === "alive") return `The stack is locked by ${evidence}. Wait until it ends, or stop it with Ctrl-C.`;
    return `The stack is locked by ${evidence} (${lock.file}). If that run is dead, add --abandoned.`;
}

function refuseBlind({ backend }: StackFacts, steps: StackStep[]): string {
    return (
        `The locks of ${backend} cannot be read here, so a run may be active. If none is, add --abandoned, which takes ` +
        `these steps: ${steps.map(({ what }) => what).join("; ")}.`
    );
}

function refuseObject({ resource, verdict }: JudgedObject): string[] {
    if (verdict.act !== "refuse") return [];
    return [
        `${nameOf(resource.urn)} is in the cluster but not in the state, and is not changed: ${verdict.reason}. If it belongs to ` +
            `this stack, import it: ${importCommand(resource)} (components: ` +
            "docs/operations.md#objects-that-are-not-in-the-state)",
    ];
}

function importCommand(resource: StateResource): string {
    const { name, namespace } = objectName(resource) ?? { name: "NAME" };
    const id = namespace === undefined ? name : `${namespace}/${name}`;
    const logical = resource.urn.split("::").slice(3).join("::");
    return `pulumi import ${resource.type} ${logical} ${id} --protect=false --generate-code=false`;
}

/** `Namespace demo`, from a URN. */
export function nameOf(urn: string): string {
    const [, , type = "", ...name] = urn.split("::");
    return `${type.split(":").at(-1) ?? type} ${name.join("::")}`;
}
