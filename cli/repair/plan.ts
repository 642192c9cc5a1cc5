import { newestRevision, type ReleaseRevision } from "../../checks/cluster/helmReleases";

/** A revision of a Helm release as it is stored. */
export interface StoredRevision extends ReleaseRevision {
    /** The Secret that holds it, as it was seen. */
    secret: { name: string; uid: string; resourceVersion: string };
    /** True when Pulumi's provider wrote it, and no helm. */
    byPulumi: boolean;
}

/** What the Pulumi stack has to do with a release. */
export interface ReleaseInStack {
    urn: string;
    /** False while the stack's state does not have it. */
    recorded: boolean;
    /** True when the state has it, or an interrupted run of the stack made it. */
    owned: boolean;
    /** Why it is not shown that an interrupted run of the stack made it, where one may have. */
    doubt?: string;
    /** URNs of recorded resources that need it. */
    dependents: string[];
}

/** What is known beside the releases themselves. */
export interface Circumstances {
    /** Seconds since 1970. */
    now: number;
    /** Seconds that Helm waits for a chart's workloads: a younger operation may still be running. */
    timeoutSeconds: number;
    /** True when the user says that no helm and no pulumi is at work any more. */
    abandoned: boolean;
    /** Releases that the user wants Helm to forget. */
    forget: string[];
    /** True when Pulumi made something of this program in the cluster. */
    managed: boolean;
    /** True when it is shown that the stack's run which was at work on the release is dead. */
    idle: boolean;
    /** True when a webhook of this release waits for an istiod that is gone, and refuses what `pulumi up` previews. */
    obstructs?: boolean;
    /** Undefined where no Pulumi CLI can tell, or the stack has nothing to do with the release. */
    stack?: ReleaseInStack;
}

/** What is to be done with one release. */
export interface Repair {
    name: string;
    /** What was found, in words. */
    found: string;
    /** Revisions whose Secrets are deleted. */
    remove: StoredRevision[];
    /** What that comes to, or why nothing is done. */
    effect: string;
    /** True when something is wrong that this plan does not mend. */
    refused: boolean;
    /** Command that goes on from there. */
    next?: string;
    /** Present when the stack's state takes the release in. */
    adopt?: ReleaseInStack;
    /** Present when Pulumi removes what there is of the release. */
    uninstall?: ReleaseInStack;
}

/** Added to Helm's own limit, for what it does before and after it waits. */
const MARGIN_SECONDS = 60;
const HALF_WAY = ["pending-install", "pending-upgrade", "pending-rollback", "uninstalling"];

/** Decides how one release is brought back to a state from which Helm goes on; undefined when there is no release. */
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
            return leave(`left alone: ${stack.doubt}. If it is this stack's: ${take}`, true);
        }
        if (given.obstructs === true && removable) {
            const effect =
                "its webhook refuses objects while there is no istiod: Pulumi removes it, and up installs it anew";
            return { ...leave(effect, false), adopt: lost, uninstall: stack, next };
        }
        if (lost === undefined) return leave("nothing to repair", false);
        const effect = "an interrupted run installed it, and the stack's state takes it in";
        return { ...leave(effect, false), adopt: lost, next };
    }
    if (!given.managed && stack?.owned !== true) {
        return leave("left alone: nothing in the cluster shows that this program installed it", true);
    }
    const rest = remainingSeconds(newest, given);
    const ended = given.abandoned || (given.idle && newest.byPulumi && stack?.owned === true);
    if (rest > 0 && HALF_WAY.includes(status) && !ended) {
        const again = `Wait ${String(rest)} s, or add --abandoned when no helm and no pulumi is at work on it any more.`;
        return leave(`left alone: it may still be going on. ${again}`, true);
    }
    if (forget) {
        return {
            ...leave("Helm forgets it; its objects stay, and the next install takes them over", false),
            remove: all.filter((one) => one.name === name),
            next: "pulumi up --refresh",
        };
    }
    if (removable && ["pending-install", "uninstalling"].includes(status)) {
        const effect = "Pulumi removes what there is of it; pulumi up installs it anew";
        return { ...leave(effect, false), adopt: lost, uninstall: stack, next };
    }
    if (status === "uninstalling") {
        const back = `To have it back: npm run repair -- --forget ${name} --yes, then pulumi up --refresh.`;
        return { ...leave(`nothing to repair for pulumi destroy, which goes on from there. ${back}`, true) };
    }
    const former = all.filter((one) => one.name === name && one.revision < revision);
    const effect =
        former.length === 0
            ? "the install is forgotten; its objects stay, and the next install takes them over"
            : `revision ${String(newestRevision(former, name)?.revision)} counts again, and the next upgrade starts from it`;
    return {
        ...leave(`${effect} (namespace ${namespace})`, false),
        remove: [newest],
        // After a half upgrade the release is there, and after a half install it is not.
        adopt: former.length === 0 ? undefined : lost,
        next: "pulumi up",
    };
}

/** Seconds for which the operation that wrote a revision may still be running. */
function remainingSeconds({ changedAt }: ReleaseRevision, { now, timeoutSeconds }: Circumstances): number {
    return changedAt === undefined ? 0 : Math.ceil(changedAt + timeoutSeconds + MARGIN_SECONDS - now);
}
