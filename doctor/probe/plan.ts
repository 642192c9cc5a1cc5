import { fullName } from "../inventory/mesh";
import { isDemo } from "./defaultPath";
import type { ProbePath } from "./path";

/** Requests that the doctor is about to send. */
export interface RequestPlan {
    /** Such as `Pod demo/frontend-1`. */
    source: string;
    /** Such as `Service demo/backend`; the URL's host where it is no Service of the cluster. */
    target: string;
    url: string;
    /** How many at most. */
    requests: number;
    /** True between pods of this program's demo, which are there to be asked. */
    demo: boolean;
}

/** Says yes to requests by returning; throws otherwise. */
export type Approve = (plan: RequestPlan) => Promise<void>;

/**
 * What would be sent along a path.
 *
 * @param ownPod true when a pod of the doctor's own sends in the place of the source.
 */
export function planOf({ source, url, service, targets }: ProbePath, requests: number, ownPod: boolean): RequestPlan {
    return {
        source: ownPod ? `a pod of its own in ${source.metadata.namespace ?? "default"}` : `Pod ${fullName(source)}`,
        target: service === undefined ? new URL(url).host : `Service ${fullName(service)}`,
        ...{ url, requests },
        demo: isDemo(source) && targets.length > 0 && targets.every(isDemo),
    };
}
