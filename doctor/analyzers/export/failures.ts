import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import { countExports } from "./counts";

/** True if spans were lost on their way, so that a missing trace may have been recorded. */
export function doSpansFail({ source, targets, collector, collectorCounts }: Evidence): boolean {
    const growth = growthOf(collectorCounts);
    if ("value" in growth && growth.value.refused + growth.value.storeFailed > 0) return true;
    return [source, ...targets].some((sidecar) => {
        if (sidecar === undefined || collector === undefined || sidecar.sinceStart === true) return false;
        const counts = countExports(sidecar, collector);
        return typeof counts !== "string" && counts.failed + counts.connectFailed > 0;
    });
}
