import assert from "node:assert/strict";
import { binomialBounds } from "../../../doctor/analyzers/sampling/binomial";
import type { Cluster } from "../../../lab/cluster";
import type { Trace } from "../../../shared/jaeger/client";
import { FULL } from "../support/fullRun";
import { kubectl, labWith, program, restore } from "../support/sharedLab";
import { joins, sendTraces, storedTraces, tier, tierPods, whole } from "../support/tier";

const TIER = tier(
    { slowMs: 500, restPercent: 10 },
    { routers: { min: 2, max: 2 }, exclude: { healthChecks: true }, redact: { user_agent: "delete" } },
);
const COUNTS = FULL
    ? { errors: 500, slow: 500, missing: 500, health: 500, other: 8000 }
    : { errors: 200, slow: 200, missing: 200, health: 200, other: 1200 };

describe("two tiers of two Collectors each", function () {
    this.timeout(600_000);
    let lab: Cluster;
    let sent: Record<string, string[]>;
    let stored: Map<string, Trace>;
    before(async () => {
        lab = await labWith(TIER);
        const since = Date.now();
        sent = await sendTraces(lab, COUNTS);
        stored = await storedTraces(lab, since);
    });
    after(() => restore(lab));

    it("run, and take every span", () => {
        for (const part of ["tracing-router", "tracing-sampler"]) assert.equal(tierPods(lab, part).length, 2, part);
        assert.deepEqual(sent["refused"] ?? [], []);
    });

    it("keep every trace with a server fault and every slow one, whole, and write on it why", () => {
        for (const kind of ["errors", "slow"]) {
            const kept = whole(stored, sent[kind]);
            assert.equal(kept.length, sent[kind]?.length, kind);
            const reasons = kept.flatMap(({ spans }) => spans.map(({ tags }) => tags["tailsampling.policy"]));
            assert.deepEqual([...new Set(reasons)], [kind]);
        }
    });

    it("keep of the rest as many as the rate says, and a request for what does not exist is no server fault", () => {
        const rest = [...(sent["other"] ?? []), ...(sent["missing"] ?? [])];
        const { least, greatest } = binomialBounds(rest.length, 0.1);
        const kept = whole(stored, rest).length;
        assert.ok(
            kept >= least && kept <= greatest,
            `${String(kept)}, expected ${String(least)} to ${String(greatest)}`,
        );
        assert.equal(rest.filter((id) => stored.has(id)).length, kept, "a trace is kept in part");
    });

    it("leave health checks out, and the attributes that are redacted", () => {
        assert.deepEqual(
            (sent["health"] ?? []).filter((id) => stored.has(id)),
            [],
        );
        const tags = [...stored.values()].flatMap(({ spans }) => spans.flatMap((span) => Object.keys(span.tags)));
        assert.ok(tags.includes("http.status_code"));
        assert.ok(!tags.includes("user_agent"));
    });

    it("pass on the joined trace of a request through the mesh that the doctor marks", async () => {
        await joins(lab);
    });

    it("change nothing when the same stack is applied again", async () => {
        const { failed, summary } = await program(lab, "up", TIER);
        assert.equal(failed, undefined);
        assert.deepEqual({ ...summary, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    });

    it("leave nothing behind when the tier is switched off", async () => {
        await restore(lab);
        const kinds =
            "deployments,statefulsets,services,networkpolicies,poddisruptionbudgets,roles,rolebindings,secrets";
        const left = kubectl(lab, "get", `${kinds},configmaps`, "-n", "istio-system", "-o", "name");
        assert.doesNotMatch(left, /tracing-(router|sampler|collector)/);
    });
});
