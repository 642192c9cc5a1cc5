import { formatFinding } from "../checks/finding";
import { CannotLook } from "../shared/cluster/target";
import { UserError } from "../shared/terminal/errors";

/** Why a cluster could not be examined; undefined for an error that is a bug of this program. */
export function whyFailed(error: unknown): string | undefined {
    if (error instanceof CannotLook) return formatFinding(error.finding);
    return error instanceof UserError ? error.message : undefined;
}
