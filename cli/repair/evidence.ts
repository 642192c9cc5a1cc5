import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../shared/terminal/errors";
import type { JudgedLock } from "./lock";
import type { StackFacts } from "./stackPlan";
import { nameOf, RELEASE, type Exported, type PendingOperation } from "./stackState";

/**
 * Whether it is shown that the run of this stack which was at work on a release is no more.
 *
 * No lock at all shows nothing of a release that the stack's state does not have: another stack may be installing one of
 * the same name. One that it has is this stack's, and a run of this stack would hold a lock.
 *
 * @param found every lock that this repair has met, also those that it has removed.
 * @param release its name, and whether the stack's state has it.
 */
export function isIdle(
    { locks, pending }: Pick<StackFacts, "locks" | "pending">,
    found: JudgedLock[],
    release: { name: string; recorded: boolean },
) {
    if (locks?.every(({ owner }) => owner === "dead") !== true) return false;
    const isIt = ({ resource }: PendingOperation): boolean =>
        resource.type === RELEASE && nameOf(resource)?.name === release.name;
    return release.recorded || pending.some(isIt) || found.some(({ owner }) => owner === "dead");
}

/**
 * Stops before a lock is removed that was not there when the locks were judged, or whose owner is judged otherwise now.
 *
 * @throws UserError that names it.
 */
export function requireJudged(now: JudgedLock[], before: JudgedLock[]): void {
    const strange = now.find(
        ({ lock, owner }) =>
            !before.some(
                (one) =>
                    one.owner === owner && isDeepStrictEqual([one.lock.file, one.lock.taken], [lock.file, lock.taken]),
            ),
    );
    if (strange === undefined) return;
    throw new UserError(
        `The stack has been locked meanwhile by ${strange.evidence}. No lock was removed. Run this again once that run ` +
            "has ended.",
    );
}

/**
 * Stops before a state is put in the place of one that nobody has looked at.
 *
 * @throws UserError when the state is not what it was.
 */
export function requireUnchanged(now: Exported | undefined, before: Exported): void {
    if (isDeepStrictEqual(now, before)) return;
    throw new UserError("The state has changed meanwhile, run this again. Nothing was put in its place.");
}
