import type { Resource } from "./types";
import { stackType } from "./urns";

/** Whether a run with targets skips this resource. The stack and providers are never skipped. */
export function untouched({ urn, type }: Resource, targets: string[] | undefined): boolean {
    if (targets === undefined || type === stackType || type.startsWith("pulumi:providers:")) return false;
    return !targets.includes(urn);
}
