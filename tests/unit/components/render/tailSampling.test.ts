import assert from "node:assert/strict";
import { ceilingShares, renderPolicies, wantedPolicies } from "../../../../components/render/tailSampling";
import type { KeepRules } from "../../../../components/tier";
import { at, listAt } from "../../../../shared/values/plainObjects";

const NONE: KeepRules = {
    ...{ errors: false, slowMs: undefined, slowServices: {}, restPercent: 0, maxSpansPerSecond: undefined },
    ...{ always: [], never: [], policies: [] },
};
const names = (policies: object[]): unknown[] => policies.map((policy) => at(policy, "name"));

describe("the policies of tail sampling", () => {
    it("keep server faults, and no call that the caller got wrong", () => {
        const [errors] = wantedPolicies({ ...NONE, errors: true });
        const conditions = at(errors, "ottl_condition", "span") as string[];
        assert.match(conditions[0] ?? "", /^span\.kind == SPAN_KIND_SERVER and /);
        // A client span counts by the status that it saw.
        assert.match(conditions[1] ?? "", /SPAN_KIND_CLIENT.*http\.status_code.*"\^\(0\|5\[0-9\]\[0-9\]\)\$"/);
        assert.match(conditions[2] ?? "", /SPAN_KIND_CLIENT.*grpc\.status_code.*14/);
        assert.equal(conditions.length, 3);
    });

    it("keep slow traces, and traces with a slow span of a service", () => {
        const keep = { ...NONE, slowMs: 1000, slowServices: { "shop.web": 250 } };
        assert.deepEqual(names(wantedPolicies(keep)), ["slow", "slow-shop.web"]);
        const [slow, ofService] = wantedPolicies(keep);
        assert.equal(at(slow, "latency", "threshold_ms"), 1000);
        const [condition] = at(ofService, "ottl_condition", "span") as string[];
        assert.match(condition ?? "", /"service\.name"\] == "shop\.web" and .* >= 250000000$/);
    });

    it("drop what is never wanted, whatever else wants it, and keep the doctor's probes", () => {
        const never = [{ attribute: "tenant", values: ["test"] }];
        const policies = renderPolicies({ ...NONE, errors: true, never, restPercent: 5 }, 2);
        assert.deepEqual(names(policies), ["never-1", "doctor-probe", "errors", "rest"]);
        assert.equal(policies[0]?.["type"], "drop");
    });

    it("keep no more of what calls itself the doctor than its probes need", () => {
        const [probe] = renderPolicies({ ...NONE, restPercent: 5 }, 4);
        const [agent, limit] = listAt(probe, "and", "and_sub_policy");
        assert.deepEqual(at(agent, "string_attribute", "values"), ["^istio-tracing-doctor/"]);
        assert.deepEqual(at(limit, "rate_limiting"), { spans_per_second: 50, burst_capacity: 10_000 });
    });

    it("are within one ceiling, of which each sampler has its part", () => {
        const drop = { name: "noise", type: "drop", drop: {} };
        const keep = { ...NONE, errors: true, slowMs: 500, restPercent: 1, maxSpansPerSecond: 900, policies: [drop] };
        const policies = renderPolicies(keep, 3);
        assert.deepEqual(names(policies), ["noise", "doctor-probe", "ceiling"]);
        const composite = at(policies[2], "composite");
        assert.equal(at(composite, "max_total_spans_per_second"), 300);
        assert.deepEqual(at(composite, "policy_order"), ["errors", "slow", "rest"]);
        assert.deepEqual(listAt(composite, "rate_allocation"), [
            { policy: "errors", percent: 40 },
            { policy: "slow", percent: 40 },
            { policy: "rest", percent: 20 },
        ]);
    });

    it("never share more than a ceiling has", () => {
        for (const count of [1, 2, 3, 7, 40])
            for (const rest of [[], ["rest"]]) {
                const wants = [...Array.from({ length: count }, (_, index) => `p${String(index)}`), ...rest];
                const shares = Object.values(ceilingShares(wants));
                assert.ok(shares.reduce((sum, share) => sum + share, 0) <= 100);
                assert.ok(shares.every((share) => share > 0));
            }
        assert.deepEqual(ceilingShares(["rest"]), { rest: 100 });
    });
});
