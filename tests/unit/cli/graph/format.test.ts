import assert from "node:assert/strict";
import { formatJson, formatMermaid, notesOf } from "../../../../cli/graph/format";
import type { ReadTraces } from "../../../../cli/graph/read";
import type { ServiceGraph } from "../../../../shared/jaeger/serviceGraph";

const GRAPH: ServiceGraph = {
    services: [
        { name: "backend.demo", reports: true, entries: 0 },
        { name: "db:5432", reports: false, entries: 0 },
        { name: 'frontend "x" <b>', reports: true, entries: 2 },
    ],
    edges: [
        { caller: "backend.demo", callee: "db:5432", calls: 1, errors: 0, medianMicros: 900 },
        { caller: 'frontend "x" <b>', callee: "backend.demo", calls: 3, errors: 1, medianMicros: 12_345 },
    ],
    traces: 3,
    orphans: 2,
};
const READ: ReadTraces = { traces: [], from: "Service a/b:16686", cut: [], left: 0, rates: undefined };
const LIMITS = { limit: 200, lookback: "1h" };

describe("npm run graph", () => {
    const said = (read: Partial<ReadTraces>, graph = GRAPH): string =>
        notesOf(graph, { ...READ, ...read }, LIMITS).join("\n");

    it("prints a flowchart with calls, failures and durations, in which names break nothing", () => {
        assert.deepEqual(formatMermaid(GRAPH, ["From\n3 traces."]).split("\n"), [
            "%% From\\u000a3 traces.",
            "flowchart LR",
            '    s0["backend.demo"]',
            '    s1(["db:5432"])',
            '    s2["frontend #34;x#34; #60;b#62;"]',
            '    s0 -.->|"1 calls, 0.9 ms"| s1',
            '    s2 ==>|"3 calls, 1 failed, 12.3 ms"| s0',
            "    classDef silent stroke-dasharray: 4 4",
            "    class s1 silent",
        ]);
    });

    it("says what sampling leaves out, as far as it knows the rates", () => {
        const rates = (...percents: number[]): ReadTraces["rates"] =>
            percents.map((percent, index) => ({ namespace: `n${String(index)}`, percent }));
        assert.match(said({}), /calls in recorded traces, not all calls: .*The rate is unknown here/);
        assert.match(
            said({ rates: rates(100, 100) }),
            /records 100 % of new traces, so no call is missing because of its sampling/,
        );
        assert.match(
            said({ rates: rates(1) }),
            /records 1 % of new traces\. A call that happens in fewer than about 300 requests/,
        );
        assert.match(said({ rates: rates(10, 50) }), /10 to 50 %, by namespace, .*cannot be compared/);
        assert.match(
            said({ rates: rates(0, 100) }),
            /0 to 100 %.*Calls of traces that begin at a rate of 0 % never appear/,
        );
        assert.match(said({}), /tail sampling/);
    });

    it("says where it stopped reading, and what it cannot know", () => {
        const cut = Array.from({ length: 7 }, (_, index) => `s${String(index)}`);
        const text = said({ cut, left: 4 });
        assert.match(
            text,
            /Only the newest 200 traces were read of s0, s1, s2, s3, s4 and 2 more: use a larger --limit/,
        );
        assert.match(text, /4 services were not read/);
        assert.match(text, /caller of 2 spans is unknown/);
        assert.match(text, /Dashed: hosts that report no spans/);
        assert.doesNotMatch(said({}, { services: [], edges: [], traces: 0, orphans: 0 }), /Dashed|unknown, because/);
    });

    it("prints the same as JSON", () => {
        const json = JSON.parse(formatJson(GRAPH, READ, LIMITS, ["n"])) as Record<string, unknown>;
        assert.deepEqual(
            [json["edges"], json["notes"], json["limit"], json["lookback"]],
            [GRAPH.edges, ["n"], 200, "1h"],
        );
    });
});
