import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import type { ServiceGraph } from "../../../shared/jaeger/serviceGraph";
import { command } from "../support/command";
import { load } from "../support/mesh";
import { eventually, labWithProgram } from "../support/sharedLab";

describe("npm run graph", () => {
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        load(lab, 20);
    });

    it("shows that the frontend calls the backend, how often in the traces, and that none is missing at 100 %", async () => {
        const graph = await eventually(30, async () => {
            const { code, output } = await command("graph", "--json", "--lookback", "1h");
            if (code !== 0) return output;
            return JSON.parse(output) as ServiceGraph & { notes: string[]; rates: { namespace: string }[] };
        });
        const call = graph.edges.find(({ caller, callee }) => `${caller} ${callee}` === "frontend.demo backend.demo");
        assert.ok(call !== undefined && call.calls >= 20, JSON.stringify(graph.edges));
        assert.ok(call.medianMicros > 0);
        assert.ok(graph.rates.some(({ namespace }) => namespace === "demo"));
        assert.ok(graph.notes.some((note) => note.includes("records 100 % of new traces")));
        // Jaeger may still have traces of other tests, with other services.
        const reporting = graph.services.filter(({ reports }) => reports).map(({ name }) => name);
        for (const name of ["backend.demo", "frontend.demo"]) assert.ok(reporting.includes(name), reporting.join(", "));
    });

    it("draws the same with only Jaeger's URL, and says that the rates are unknown then", async () => {
        const { code, output } = await command("graph", "--jaeger", lab.jaegerUrl);
        assert.equal(code, 0, output);
        assert.match(output, /^%% From \d+ traces of the last 1h.*\n%% .*The rate is unknown here/);
        const [frontend, backend] = ["frontend.demo", "backend.demo"].map(
            (name) => new RegExp(`(s\\d+)\\["${name}"\\]`).exec(output)?.[1],
        );
        assert.match(
            output,
            new RegExp(`flowchart LR\\n[^]* ${frontend ?? ""} [-=]+>\\|"\\d+ calls.* ms"\\| ${backend ?? ""}\\n`),
        );
    });
});
