import assert from "node:assert/strict";
import { compareRecords, judge } from "../../../bench/compare";
import type { Figure } from "../../../bench/section";
import { renderCheck } from "../../../bench/table";
import { figure, record, section } from "./records";

const verdicts = (then: Figure[], now: Figure[]): string[] =>
    compareRecords(record(section(then)), record(section(now))).comparisons.map(({ verdict }) => verdict);
const ours = (...samples: number[]): Figure => figure("istio-tracing, Pulumi CLI 3.274.1", samples);
const peer = (...samples: number[]): Figure => figure("plain program, Pulumi CLI 3.274.1", samples);

describe("npm run bench -- --check", () => {
    it("finds nothing on a machine that is half as fast", () => {
        assert.deepEqual(verdicts([ours(1, 1.1, 1.2), peer(3, 3.1, 3.2)], [ours(2, 2.2, 2.4), peer(6, 6.2, 6.4)]), [
            "same",
        ]);
    });

    it("says that we got worse when the peer did not", () => {
        assert.deepEqual(verdicts([ours(1, 1.1, 1.2), peer(3, 3.1, 3.2)], [ours(2, 2.2, 2.4), peer(3, 3.1, 3.2)]), [
            "worse",
        ]);
    });

    it("says that we got better when the peer did not", () => {
        assert.deepEqual(verdicts([ours(2, 2.1, 2.2), peer(3, 3.1, 3.2)], [ours(1, 1.1, 1.2), peer(3, 3.1, 3.2)]), [
            "better",
        ]);
    });

    it("takes for the same what differs by less than both runs spread", () => {
        assert.deepEqual(verdicts([ours(1, 2, 3), peer(3, 3, 3)], [ours(2, 3, 4), peer(3, 3, 3)]), ["same"]);
    });

    it("takes for the same what differs by a few percent, however little both runs spread", () => {
        assert.deepEqual(verdicts([ours(1, 1, 1), peer(3, 3, 3)], [ours(1.05, 1.05, 1.05), peer(3, 3, 3)]), ["same"]);
    });

    it("asks for more of a run with one sample, whose spread is unknown", () => {
        assert.deepEqual(verdicts([ours(1), peer(3)], [ours(1.2), peer(3)]), ["same"]);
        assert.deepEqual(verdicts([ours(1), peer(3)], [ours(1.3), peer(3)]), ["worse"]);
    });

    it("knows of figures for which more is better, and of those that only inform", () => {
        const then = { value: 2, low: 2, high: 2, count: 3 };
        const now = { value: 1, low: 1, high: 1, count: 3 };
        assert.equal(judge(then, now, "higher"), "worse");
        assert.equal(judge(then, now, "lower"), "better");
        assert.equal(judge(then, now, "neither"), "same");
    });

    it("compares only under the same conditions", () => {
        const with_ = (subject: string, pods: number): Figure => figure(subject, [1, 1, 1], { conditions: { pods } });
        const run = record(section([with_("istio-tracing", 10), with_("istioctl", 10), with_("istioctl", 100)]));
        const { comparisons } = compareRecords(run, run);
        assert.deepEqual(
            comparisons.map(({ over, under }) => `${over}: ${under}`),
            ["istio-tracing (pods 10): istioctl (pods 10)"],
        );
    });

    it("compares the figures of a metric without a peer with its first one, as growth", () => {
        const at = (namespaces: number, ...samples: number[]): Figure =>
            figure("istio-tracing", samples, { conditions: { namespaces } });
        assert.deepEqual(verdicts([at(10, 1, 1, 1), at(500, 2, 2, 2)], [at(10, 1, 1, 1), at(500, 9, 9, 9)]), ["worse"]);
    });

    it("compares a figure over a change of the Pulumi CLI's version", () => {
        const newer = figure("istio-tracing, Pulumi CLI 3.300.0", [2, 2, 2]);
        const newerPeer = figure("plain program, Pulumi CLI 3.300.0", [3, 3, 3]);
        assert.deepEqual(verdicts([ours(1, 1, 1), peer(3, 3, 3)], [newer, newerPeer]), ["worse"]);
    });

    it("looks at no section that did not run, and names what a section no longer has", () => {
        const earlier = record(section([ours(1), peer(3)]), section([ours(1), peer(3)], { name: "growth" }));
        const { comparisons, missing } = compareRecords(earlier, record(section([ours(), peer(3)])));
        assert.deepEqual(comparisons, []);
        assert.deepEqual(missing, ["operations, preview (s): istio-tracing, Pulumi CLI to plain program, Pulumi CLI"]);
    });

    it("says what was, what is and how many ratios there are", () => {
        const check = compareRecords(
            record(section([ours(1, 1, 1), peer(2, 2, 2)])),
            record(section([ours(3, 3, 3), peer(2, 2, 2)])),
        );
        const [first = "", last = ""] = renderCheck(check);
        assert.match(
            first,
            /worse.*operations, preview \(s\): .* was 0\.5 \(0\.5 to 0\.5\), is 1\.50 \(1\.50 to 1\.50\)$/,
        );
        assert.equal(last, "1 ratios: 1 worse, 0 better, 0 the same, 0 new, 0 missing");
    });
});
