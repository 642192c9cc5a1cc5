import assert from "node:assert/strict";
import fc from "fast-check";
import type { HostCounts, SidecarEvidence } from "../../../../../doctor/evidence/sidecar";
import { countExports, type ExportCounts } from "../../../../../doctor/analyzers/export/counts";

const CLUSTER = "outbound|4317||jaeger";

type Hosts = Record<string, HostCounts>;
type Stats = Record<string, number>;

function counted(before: [Hosts, Stats], after: [Hosts, Stats], grpc: boolean): ExportCounts {
    const read = ([hosts, stats]: [Hosts, Stats]): SidecarEvidence["before"] => ({
        value: {
            clusters: { [CLUSTER]: {} },
            hosts: { [CLUSTER]: hosts },
            stats: Object.fromEntries(
                Object.entries(stats).map(([name, value]) => [`cluster.${CLUSTER};.${name}`, value]),
            ),
        },
    });
    const sidecar = { pod: {}, before: read(before), after: read(after) } as unknown as SidecarEvidence;
    const found = countExports(sidecar, { cluster: CLUSTER, grpc });
    assert.ok(typeof found !== "string");
    return found;
}

function ended(hosts: Hosts, stats: Stats, grpc: boolean): string {
    const { sent, succeeded, failed } = counted([{}, {}], [hosts, stats], grpc);
    return `${String(sent)} calls, ${String(succeeded)} succeeded, ${String(failed)} failed`;
}

describe("the count of export calls", () => {
    const cases: [string, HostCounts, Stats, boolean, string][] = [
        ["all taken", { rq_total: 9, rq_success: 9 }, {}, true, "9 calls, 9 succeeded, 0 failed"],
        [
            "gRPC to an HTTP port, statistics kept",
            { rq_total: 9, rq_success: 0 },
            { upstream_rq_4xx: 9 },
            true,
            "9 calls, 0 succeeded, 9 failed",
        ],
        ["gRPC to an HTTP port, none kept", { rq_total: 9, rq_success: 0 }, {}, true, "9 calls, 0 succeeded, 9 failed"],
        [
            "gRPC to an HTTP port that resets",
            { rq_total: 9, rq_success: 0, rq_error: 9 },
            {},
            true,
            "9 calls, 0 succeeded, 9 failed",
        ],
        [
            "HTTP without a path, statistics kept",
            { rq_total: 9, rq_success: 9 },
            { upstream_rq_4xx: 9 },
            false,
            "9 calls, 0 succeeded, 9 failed",
        ],
        [
            "a share of rejected calls over HTTP",
            { rq_total: 9, rq_success: 9 },
            { upstream_rq_4xx: 4 },
            false,
            "9 calls, 5 succeeded, 4 failed",
        ],
        [
            "a share of rejected calls over gRPC",
            { rq_total: 9, rq_success: 5 },
            { upstream_rq_4xx: 4 },
            true,
            "9 calls, 5 succeeded, 4 failed",
        ],
        [
            "calls on their way",
            { rq_total: 9, rq_success: 7, rq_active: 2 },
            {},
            true,
            "9 calls, 7 succeeded, 0 failed",
        ],
        [
            "refused connections, never sent",
            { rq_total: 0, rq_error: 3, cx_connect_fail: 3 },
            {},
            true,
            "3 calls, 0 succeeded, 3 failed",
        ],
        ["no host", {}, { upstream_rq_503: 4 }, true, "4 calls, 0 succeeded, 4 failed"],
    ];
    for (const [what, host, stats, grpc, expected] of cases) {
        it(`is "${expected}" for ${what}`, () => {
            assert.equal(ended({ "10.0.0.9:4317": host }, stats, grpc), expected);
        });
    }

    it("begins anew with a host that was replaced, and with a sidecar that was", () => {
        const before: Hosts = {
            a: { rq_total: 100, rq_success: 90, rq_error: 10 },
            b: { rq_total: 50, rq_success: 50 },
        };
        const after: Hosts = { b: { rq_total: 54, rq_success: 54 }, c: { rq_total: 3, rq_success: 3 } };
        const { sent, succeeded, failed } = counted([before, {}], [after, {}], true);
        assert.deepEqual([sent, succeeded, failed], [7, 7, 0]);
        const again = counted(
            [{ a: { rq_total: 100, rq_success: 2, rq_error: 98 } }, {}],
            [{ a: { rq_total: 5, rq_success: 5, rq_error: 0 } }, {}],
            true,
        );
        assert.deepEqual([again.sent, again.succeeded, again.failed], [5, 5, 0]);
    });

    it("does not know what nobody answered in time, where the sidecar keeps no such statistic", () => {
        assert.equal(counted([{}, {}], [{}, {}], true).timedOut, undefined);
        const kept = { upstream_cx_connect_timeout: 2 };
        assert.equal(counted([{}, {}], [{}, kept], true).timedOut, 2);
    });

    it("is never negative, and never more than what was sent, whatever the counters are", () => {
        const count = fc.nat({ max: 40 });
        const host = fc.record(
            {
                rq_total: count,
                rq_success: count,
                rq_error: count,
                rq_active: count,
                cx_total: count,
                cx_connect_fail: count,
            },
            { requiredKeys: [] },
        ) as fc.Arbitrary<HostCounts>;
        const hosts = fc.dictionary(fc.constantFrom("a", "b", "c"), host);
        const stats = fc.record(
            { upstream_rq_4xx: count, upstream_rq_503: count, upstream_cx_connect_timeout: count },
            { requiredKeys: [] },
        ) as fc.Arbitrary<Stats>;
        const reading = fc.tuple(hosts, stats);
        fc.assert(
            fc.property(reading, reading, fc.boolean(), (before, after, grpc) => {
                const { sent, succeeded, failed, connectFailed, connecting, timedOut, byHost } = counted(
                    before,
                    after,
                    grpc,
                );
                const all = [sent, succeeded, failed, connectFailed, connecting, timedOut ?? 0];
                const each = Object.values(byHost).flatMap((calls) => Object.values(calls) as number[]);
                assert.ok(
                    [...all, ...each].every((one) => one >= 0),
                    JSON.stringify({ all, each }),
                );
                assert.ok(succeeded + failed <= sent);
            }),
        );
    });
});
