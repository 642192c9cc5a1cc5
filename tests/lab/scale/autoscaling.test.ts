import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { LITTLE_CPU, scales, shrinkAtOnce } from "../support/autoscaled";
import { installMetricsServer, removeMetricsServer } from "../support/metricsServer";
import { requestsFor } from "../support/requestsFor";
import { labWith, restore } from "../support/sharedLab";
import { sendTraces, storedTraces, tier } from "../support/tier";

const ROUTERS = "tracing-router";
const TIER = {
    ...tier({ restPercent: 0 }, { routers: { min: 1, max: 3 } }),
    resources: JSON.stringify({ router: LITTLE_CPU }),
};
const FRONTEND = { namespace: "demo", target: "deploy/frontend", container: "frontend", url: "http://backend/" };
/** Traces per second, of which the errors alone are kept, and for how long they come. */
const [ERRORS, OTHERS, SECONDS] = [30, 450, 90];

describe("routers that are scaled by their CPU, as metrics-server tells it,", function () {
    this.timeout(900_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWith(TIER);
        await installMetricsServer(lab);
        shrinkAtOnce(lab, ROUTERS);
    });
    after(async () => {
        removeMetricsServer(lab);
        await restore(lab);
    });

    it("become more under load and fewer after it, and no acknowledged span and no request is lost", async () => {
        const since = Date.now();
        const load = sendTraces(lab, { errors: ERRORS * SECONDS, other: OTHERS * SECONDS }, SECONDS);
        const answered = requestsFor(lab, SECONDS, FRONTEND);
        await scales(lab, ROUTERS, (pods) => pods > 1);
        const sent = await load;
        // A little goes on while routers end.
        const little = sendTraces(lab, { errors: ERRORS * SECONDS }, SECONDS);
        await scales(lab, ROUTERS, (pods) => pods === 1);
        const later = await little;
        const stored = await storedTraces(lab, since);
        const taken = [...(sent["errors"] ?? []), ...(later["errors"] ?? [])];
        const refused = [...(sent["refused"] ?? []), ...(later["refused"] ?? [])];
        const lost = taken.filter((id) => !stored.has(id));
        assert.deepEqual([lost.length, refused.length], [0, 0], `of ${String(taken.length)} traces`);
        assert.deepEqual(
            (await answered).filter((code) => code !== "200"),
            [],
        );
    });
});
