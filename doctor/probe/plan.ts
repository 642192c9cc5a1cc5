import { fullName } from "../inventory/mesh";
import { isDemo } from "./defaultPath";
import type { ProbePath } from "./path";

/** Requests that the doctor is about to send. */
export interface RequestPlan {
    /** Such as `Pod demo/frontend-1`. */
    source: string;
    /** Such as `Service demo/backend`; the URL's host if it is not a Service of the cluster. */
    target: string;
    url: string;
    /** The maximum number of requests. */
    requests: number;
    /** True between pods of this program's demo, which exists for such requests. */
    demo: boolean;
}

/** Approves requests by returning; throws otherwise. */
export type Approve = (plan: RequestPlan) => Promise<void>;

/**
 * The requests along a path.
 *
 * @param ownPod true if the doctor's own pod sends instead of the source.
 */
export function planOf({ source, url, service, targets }: ProbePath, requests: number, ownPod: boolean): RequestPlan {
    return {
        source: ownPod ? `its own pod in ${source.metadata.namespace ?? "default"}` : `Pod ${fullName(source)}`,
        target: service === undefined ? new URL(url).host : `Service ${fullName(service)}`,
        ...{ url, requests },
        demo: isDemo(source) && targets.length > 0 && targets.every(isDemo),
    };
}
