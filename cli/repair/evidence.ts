import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../shared/terminal/errors";
import type { JudgedLock } from "./lock";
import type { StackFacts } from "./stackPlan";
import { nameOf, RELEASE, type Exported, type PendingOperation } from "./stackState";

/**
 * Whether there is proof that the run of this stack that used a release has ended.
 *
 * The absence of locks proves nothing about a release that is missing from the stack's state: another stack may be
 * installing one of the same name. A release in the state belongs to this stack, and a run of this stack would hold a
 * lock.
 *
 * @param found every lock that this repair found, including those that it removed.
 * @param release its name, and whether the stack's state contains it.
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
 * Stops before the removal of a lock that appeared after the examination, or whose owner's status has changed.
 *
 * @throws UserError that names the lock.
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
        `Expected no new lock during the repair, got one: ${strange.evidence}. No lock was removed. Run this command again after that run ` +
            "has ended.",
    );
}

/**
 * Stops before overwriting a state that was not examined.
 *
 * @throws UserError if the state has changed.
 */
export function requireUnchanged(now: Exported | undefined, before: Exported): void {
    if (isDeepStrictEqual(now, before)) return;
    throw new UserError(
        "Expected the state to stay the same while this command ran, but another run changed it. It was not overwritten. Run this command again.",
    );
}
