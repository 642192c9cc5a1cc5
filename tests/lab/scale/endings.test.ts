import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { requestsFor } from "../support/requestsFor";
import { eventually, kubectl, labWith, restore } from "../support/sharedLab";
import { DECISION_SECONDS, sendTraces, storedTraces, tier, tierCounter, tierPods } from "../support/tier";

const TIER = tier({ restPercent: 0 }, { routers: { min: 2, max: 2 } });
/** Traces per second of the sender, and for how long it sends. */
const [RATE, SECONDS] = [50, 24];
const AWAY_SECONDS = 60;
const FRONTEND = { namespace: "demo", target: "deploy/frontend", container: "frontend", url: "http://backend/" };

describe("two tiers, while spans arrive,", function () {
    this.timeout(600_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWith(TIER);
    });
    after(() => restore(lab));

    const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const end = (pod: string, ...how: string[]): (() => Promise<void>) => {
        return () => {
            kubectl(lab, "delete", "pod", pod, "-n", "istio-system", "--wait=false", ...how);
            return Promise.resolve();
        };
    };
    const complete = (part: string): Promise<true> =>
        eventually(90, () => {
            const count = kubectl(
                ...([lab, "get", "pods", "-n", "istio-system", "-l", `app=${part}`, "-o"] as const),
                "jsonpath={.items[?(@.status.containerStatuses[0].ready==true)].metadata.name}",
            ).split(" ").length;
            return Promise.resolve(count === 2 ? true : `${String(count)} pods of ${part}`);
        });
    /** Sends faults evenly while something happens; the traces whose server's span, which has the fault, is not stored. */
    const lost = async (happens: () => Promise<void>): Promise<{ lost: number; sent: number }> => {
        const since = Date.now();
        const sending = sendTraces(lab, { errors: RATE * SECONDS }, SECONDS);
        await pause(6);
        await happens();
        const { errors = [] } = await sending;
        const stored = await storedTraces(lab, since);
        const found = (id: string): boolean =>
            stored.get(id)?.spans.some(({ service }) => service === "shop.scale") ?? false;
        return { lost: errors.filter((id) => !found(id)).length, sent: errors.length };
    };

    it("lose no fault when a sampler is ended", async () => {
        const found = await lost(end("tracing-sampler-0"));
        assert.equal(found.lost, 0, JSON.stringify(found));
        assert.ok(found.sent > (RATE * SECONDS) / 2);
        await complete("tracing-sampler");
    });

    it("lose no fault that was acknowledged when a router is ended", async () => {
        const [router = ""] = tierPods(lab, "tracing-router");
        const found = await lost(end(router));
        assert.equal(found.lost, 0, JSON.stringify(found));
        assert.ok(found.sent > (RATE * SECONDS) / 2);
        await complete("tracing-router");
    });

    it("lose at most what a sampler took in during one decision when it is killed", async () => {
        const found = await lost(end("tracing-sampler-1", "--grace-period=0", "--force"));
        // Half of the traces are its own; a tick of a second passes until each decision, and one more until it is sent.
        assert.ok(found.lost <= (RATE / 2) * (DECISION_SECONDS + 2), JSON.stringify(found));
        await complete("tracing-sampler");
    });

    it("wait for a back end that is away for a minute, send it all that it missed, and the mesh sees nothing", async () => {
        const scale = (replicas: number): void => {
            kubectl(lab, "scale", "deployment/jaeger", "-n", "istio-system", `--replicas=${String(replicas)}`);
        };
        scale(0);
        kubectl(lab, "wait", "--for=delete", "pod", "-n", "istio-system", "-l", "app=jaeger", "--timeout=60s");
        const since = Date.now();
        const [{ errors = [], refused = [] }, answered] = await Promise.all([
            sendTraces(lab, { errors: RATE * AWAY_SECONDS }, AWAY_SECONDS),
            requestsFor(lab, AWAY_SECONDS, FRONTEND),
        ]);
        assert.equal(errors.length, RATE * AWAY_SECONDS);
        assert.deepEqual(refused, []);
        assert.ok(answered.length > AWAY_SECONDS, `${String(answered.length)} requests`);
        assert.deepEqual(
            answered.filter((code) => code !== "200"),
            [],
        );
        assert.ok(tierCounter(lab, "tracing-sampler", "otelcol_exporter_queue_size") > 0);
        scale(1);
        kubectl(lab, "rollout", "status", "deployment/jaeger", "-n", "istio-system", "--timeout=60s");
        // gRPC waits longer and longer before it connects again.
        await eventually(200, async () => {
            const stored = await storedTraces(lab, since);
            const missing = errors.filter((id) => !stored.has(id)).length;
            return missing === 0 ? true : `${String(missing)} of ${String(errors.length)} traces are missing`;
        });
        assert.equal(tierCounter(lab, "tracing-sampler", "otelcol_exporter_enqueue_failed_spans"), 0);
    });
});
