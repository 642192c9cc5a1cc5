import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { requestsFor } from "../support/requestsFor";
import { eventually, kubectl, labWith, program, restore } from "../support/sharedLab";
import { joins, sendTraces, storedTraces, tier, tierCounter, whole } from "../support/tier";

const ALL = tier({}, { layout: "single", redact: { user_agent: "hash" }, resourceAttributes: { team: "shop" } });
const STRAIGHT = { samplingPercent: "100" };
const CLOSED = { ui: '{"jaegerAccess":"mesh"}', "istio.mtlsMode": "STRICT" };

const FRONTEND = { namespace: "demo", target: "deploy/frontend", container: "frontend", url: "http://backend/" };

describe("one Collector before Jaeger", function () {
    this.timeout(900_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWith(STRAIGHT);
    });
    after(() => restore(lab));

    it("takes over from Jaeger and hands back, under load, without a failed request", async () => {
        for (const settings of [ALL, STRAIGHT, ALL]) {
            const codes = requestsFor(lab, 25, FRONTEND);
            assert.equal((await program(lab, "up", settings)).failed, undefined);
            await joins(lab);
            const answered = await codes;
            assert.ok(answered.length > 100, `${String(answered.length)} requests`);
            assert.deepEqual(
                answered.filter((code) => code !== "200"),
                [],
            );
        }
    });

    it("passes every trace on, without rules to keep some, and changes attributes", async () => {
        const since = Date.now();
        const sent = await sendTraces(lab, { errors: 100, other: 400 });
        const stored = await storedTraces(lab, since);
        const traces = whole(stored, [...(sent["errors"] ?? []), ...(sent["other"] ?? [])]);
        assert.equal(traces.length, 500);
        for (const { tags } of traces.flatMap(({ spans }) => spans)) {
            assert.match(tags["user_agent"] ?? "", /^[0-9a-f]{64}$/);
            assert.equal(tags["tailsampling.policy"], undefined);
        }
    });

    it("decides by rules too", async () => {
        assert.equal((await program(lab, "up", tier({ restPercent: 0 }, { layout: "single" }))).failed, undefined);
        replaced(lab);
        const since = Date.now();
        const sent = await sendTraces(lab, { errors: 100, other: 400 });
        const stored = await storedTraces(lab, since);
        assert.equal(whole(stored, sent["errors"]).length, 100);
        assert.equal(stored.size, 100);
    });

    it("sends to a Jaeger that only the mesh may reach, in a mesh of mutual TLS alone", async () => {
        assert.equal((await program(lab, "up", { ...ALL, ...CLOSED })).failed, undefined);
        replaced(lab);
        const [sent, failed] = ["sent_spans", "send_failed_spans"].map((name) => `otelcol_exporter_${name}`);
        const before = tierCounter(lab, "tracing-sampler", sent ?? "");
        await sendTraces(lab, { other: 100 });
        // Nobody outside of the mesh may query that Jaeger.
        await eventually(30, () => {
            const count = tierCounter(lab, "tracing-sampler", sent ?? "") - before;
            return Promise.resolve(count >= 200 ? true : `${String(count)} spans were sent`);
        });
        assert.equal(tierCounter(lab, "tracing-sampler", failed ?? ""), 0);
    });
});

/** Waits until an update has replaced the Collector, for which Pulumi's Kubernetes provider does not wait. */
function replaced(lab: Cluster): void {
    const what = ["statefulset/tracing-sampler", "-n", "istio-system", "--timeout=120s"];
    kubectl(lab, "rollout", "status", ...what);
}
