import assert from "node:assert/strict";
import { problemsOf } from "./helpers";

describe("the message about a setting that cannot be used", () => {
    it("shortens a huge value in the message", () => {
        const [problem] = problemsOf({ samplingPercent: "9".repeat(1_000_000) });
        assert.ok((problem?.got.length ?? 0) < 300);
        assert.match(problem?.got ?? "", /1000002 characters/);
    });

    it("names the nearest setting for one that does not exist", () => {
        const [problem] = problemsOf({ samplingPercnt: "5" });
        assert.equal(problem?.key, "samplingPercnt");
        assert.match(problem.next, /"samplingPercent"/);
    });

    it("lists the settings for a word that is near to none", () => {
        const [problem] = problemsOf({ zzzzzzzzzzzzzzzzzzz: "5" });
        assert.match(problem?.next ?? "", /collectorAddress/);
    });

    it("reports every problem in one go", () => {
        const keys = problemsOf({ samplingPercent: "ten", collectorAddress: "x", "istio.namespace": "A" }).map(
            (one) => one.key,
        );
        assert.deepEqual(keys, ["samplingPercent", "collectorAddress", "istio.namespace"]);
    });

    it("never shows a header's value", () => {
        for (const value of ['{"x-key":"geheim "}', '{"geheim', '"geheim"', '{"x-key":["geheim"]}']) {
            assert.doesNotMatch(JSON.stringify(problemsOf({ collectorHeaders: value })), /geheim/);
        }
    });

    it("refuses a header that is there twice", () => {
        const problems = problemsOf({ collectorHeaders: '{"X-Key":"a","x-key":"b"}' });
        assert.deepEqual(
            problems.map(({ key }) => key),
            ["collectorHeaders.X-Key", "collectorHeaders.x-key"],
        );
    });

    it("asks for another name where a name is wrong, such as that of a label of the program's", () => {
        const [problem] = problemsOf({ pods: '{"labels":{"app":"x"}}' });
        assert.deepEqual(
            [problem?.key, problem?.next],
            ["pods.labels.app", "choose another name for it, or remove it"],
        );
    });

    it("names the path of a wrong value inside an object", () => {
        const [problem] = problemsOf({ resources: '{"jaeger":{"limits":{"memory":"12Q"}}}' });
        assert.equal(problem?.key, "resources.jaeger.limits.memory");
        assert.equal(problem.got, '"12Q"');
    });
});
