import { newestRevision, type ReleaseRevision } from "../../checks/cluster/helmReleases";

/** A stored revision of a Helm release. */
export interface StoredRevision extends ReleaseRevision {
    /** The Secret that contains it, as it was read. */
    secret: { name: string; uid: string; resourceVersion: string };
    /** True if Pulumi's provider wrote it, not a helm binary. */
    byPulumi: boolean;
}

/** The relation between the Pulumi stack and a release. */
export interface ReleaseInStack {
    urn: string;
    /** False if the stack's state does not contain it. */
    recorded: boolean;
    /** True if the state contains it, or an interrupted run of the stack created it. */
    owned: boolean;
    /** Why there is no proof that an interrupted run of the stack created it, if one may have. */
    doubt?: string;
    /** URNs of recorded resources that need it. */
    dependents: string[];
}

/** Facts other than the releases themselves. */
export interface Circumstances {
    /** Seconds since 1970. */
    now: number;
    /** Time that Helm waits for a chart's workloads, in seconds. A more recent operation may still be running. */
    timeoutSeconds: number;
    /** True if the user asserts that no helm or pulumi process is running. */
    abandoned: boolean;
    /** Releases that Helm must forget at the user's request. */
    forget: string[];
    /** True if Pulumi created something of this program in the cluster. */
    managed: boolean;
    /** True if there is proof that the stack's run that used the release is dead. */
    idle: boolean;
    /**
     * True if a webhook of this release waits for an istiod that is gone, and so rejects the preview of `pulumi up`.
     */
    obstructs?: boolean;
    /** Undefined without a Pulumi CLI, or if the stack has no relation to the release. */
    stack?: ReleaseInStack;
}

/** The repair of one release. */
export interface Repair {
    name: string;
    /** The status that was found, for people. */
    found: string;
    /** Revisions whose Secrets to delete. */
    remove: StoredRevision[];
    /** The effect, or the reason why nothing is done. */
    effect: string;
    /** True if this plan leaves a problem unrepaired. */
    refused: boolean;
    /** The command to run afterwards. */
    next?: string;
    /** Present if the release is added to the stack's state. */
    adopt?: ReleaseInStack;
    /** Present if Pulumi removes the incomplete release. */
    uninstall?: ReleaseInStack;
}

/** Added to Helm's own limit, for its work before and after the wait. */
const MARGIN_SECONDS = 60;
const HALF_WAY = ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"];

/** Decides how to repair one release so that Helm can continue; undefined if there is no release. */
export function planRepair(all: StoredRevision[], name: string, given: Circumstances): Repair | undefined {
    const newest = newestRevision(all, name) as StoredRevision | undefined;
    if (newest === undefined) return undefined;
    const { status, revision, namespace } = newest;
    const found = `${status} at revision ${String(revision)}`;
    const leave = (effect: string, refused: boolean): Repair => ({ name, found, effect, refused, remove: [] });
    const forget = given.forget.includes(name);
    const { stack } = given;
    const next = "pulumi up, or pulumi destroy";
    const removable = stack?.owned === true && stack.dependents.length === 0;
    const lost = stack?.owned === true && !stack.recorded ? stack : undefined;
    if (!forget && !HALF_WAY.includes(status)) {
        if (stack?.doubt !== undefined) {
            const take = `pulumi import kubernetes:helm.sh/v3:Release ${name} ${namespace}/${name} --generate-code=false`;
            return leave(`not changed: ${stack.doubt}. If it belongs to this stack, run: ${take}`, true);
        }
        if (given.obstructs === true && removable) {
            const effect =
                "its webhook rejects objects because there is no istiod: Pulumi removes the release, and pulumi up installs it again";
            return { ...leave(effect, false), adopt: lost, uninstall: stack, next };
        }
        if (lost === undefined) return leave("nothing to repair", false);
        const effect = "an interrupted run installed it, so it is added to the stack's state";
        return { ...leave(effect, false), adopt: lost, next };
    }
    if (!given.managed && stack?.owned !== true) {
        return leave("not changed: nothing in the cluster proves that this program installed it", true);
    }
    const rest = remainingSeconds(newest, given);
    const ended = given.abandoned || (given.idle && newest.byPulumi && stack?.owned === true);
    if (rest > 0 && HALF_WAY.includes(status) && !ended) {
        const again = `Wait ${String(rest)} s, or add --abandoned if no helm or pulumi process uses it.`;
        return leave(`not changed: the operation may still be running. ${again}`, true);
    }
    if (forget) {
        return {
            ...leave("Helm forgets it; its objects stay, and the next install adopts them", false),
            remove: all.filter((one) => one.name === name),
            next: "pulumi up --refresh",
        };
    }
    if (removable && ["pending-install", "uninstalling"].includes(status)) {
        const effect = "Pulumi removes the incomplete release; pulumi up installs it again";
        return { ...leave(effect, false), adopt: lost, uninstall: stack, next };
    }
    if (status === "uninstalling") {
        const back = `To restore it, run: npm run repair -- --forget ${name} --yes, then pulumi up --refresh.`;
        return { ...leave(`nothing to repair for pulumi destroy, which continues the removal. ${back}`, true) };
    }
    const former = all.filter((one) => one.name === name && one.revision < revision);
    const effect =
        former.length === 0
            ? "Helm forgets the install; its objects stay, and the next install adopts them"
            : `revision ${String(newestRevision(former, name)?.revision)} becomes the current one again, and the next upgrade starts from it`;
    return {
        ...leave(`${effect} (namespace ${namespace})`, false),
        remove: [newest],
        // After an incomplete upgrade, the release exists; after an incomplete install, it does not.
        adopt: former.length === 0 ? undefined : lost,
        next: "pulumi up",
    };
}

/** Seconds for which the operation that wrote a revision may still be running. */
function remainingSeconds({ changedAt }: ReleaseRevision, { now, timeoutSeconds }: Circumstances): number {
    return changedAt === undefined ? 0 : Math.ceil(changedAt + timeoutSeconds + MARGIN_SECONDS - now);
}
