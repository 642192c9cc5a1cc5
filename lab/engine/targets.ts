import type { Resource } from "./types";
import { stackType } from "./urns";

/** Whether a run that is limited to some resources leaves this one alone; the stack and providers are always served. */
export function untouched({ urn, type }: Resource, targets: string[] | undefined): boolean {
    if (targets === undefined || type === stackType || type.startsWith("pulumi:providers:")) return false;
    return !targets.includes(urn);
}
