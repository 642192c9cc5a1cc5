import assert from "node:assert/strict";
import {
    closeSync,
    ftruncateSync,
    mkdirSync,
    mkdtempSync,
    openSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesOnDisk } from "../../../bench/stores/disk";
import { resultFiles } from "../../../bench/page";
import { readRecord } from "../../../bench/record";
import { placedAt } from "../../../bench/stores/jaeger";
import { addressOf } from "../../../bench/stores/place";
import { anonymousMiB } from "../../../bench/stores/program";
import { lostSpans, requestIds, spread, timeEach } from "../../../bench/stores/searches";
import { STORES } from "../../../bench/stores/stores";
import { storesTable } from "../../../bench/stores/table";
import { renderJaegerConfig } from "../../../components/render/jaegerConfig";
import { JaegerClient } from "../../../shared/jaeger/client";

const CALM = new AbortController().signal;
const HOST = addressOf(3, 7);

describe("the stores that the benchmark compares", () => {
    it("get the program's configuration at one address, with the volume in a folder, and nothing else changed", () => {
        for (const { name, storage } of STORES) {
            const config = renderJaegerConfig({ storage: storage("127.77.0.1"), extra: {} });
            const text = JSON.stringify(placedAt(config, HOST, "/scratch/jaeger"));
            assert.doesNotMatch(text, /"endpoint":":|"host":""|\/var\/lib\/jaeger/, name);
            const back = text
                .replaceAll(`${HOST}:`, ":")
                .replace(`"host":"${HOST}"`, '"host":""')
                .replaceAll("/scratch/jaeger/", "/var/lib/jaeger/");
            assert.deepEqual(JSON.parse(back), config, name);
        }
    });

    it("have an address for each of their programs, which is the machine itself", () => {
        const addresses = [1, 2, 3, 4, 5].map((number) => addressOf(number, 123_456));
        assert.equal(new Set(addresses).size, 5);
        for (const address of addresses) assert.match(address, /^127\.77\.([01]?\d?\d|2[0-4]\d)\.[1-5]$/);
        assert.notEqual(addressOf(1, 1), addressOf(1, 2));
    });

    it("have their own memory counted, without files that Linux keeps for them", () => {
        const status = "Name:\tjaeger\nVmRSS:\t  300000 kB\nRssAnon:\t   102400 kB\nRssFile:\t  197600 kB\n";
        assert.equal(anonymousMiB(status), 100);
    });
});

describe("the disk that a store takes", () => {
    const folder = mkdtempSync(join(tmpdir(), "disk-"));
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("is that of its own files, without the holes in them", () => {
        mkdirSync(join(folder, "kafka/spans-0"), { recursive: true });
        mkdirSync(join(folder, "kafka/other"));
        writeFileSync(join(folder, "kafka/spans-0/log"), Buffer.alloc(100_000, 1));
        writeFileSync(join(folder, "kafka/other/log"), Buffer.alloc(1_000_000, 1));
        const holes = openSync(join(folder, "kafka/spans-0/index"), "w");
        ftruncateSync(holes, 50_000_000);
        closeSync(holes);
        const bytes = bytesOnDisk(folder, "kafka/spans-");
        assert.ok(bytes >= 100_000 && bytes < 200_000, String(bytes));
        assert.equal(bytesOnDisk(folder, "jaeger/"), 0);
    });
});

describe("searches in a store", () => {
    const span = (traceID: string, spanID: string): object => ({
        ...{ traceID, spanID, operationName: "get", startTime: 1, duration: 1, processID: "p1" },
        tags: [{ key: "guid:x-request-id", value: `id of ${traceID}` }],
    });
    /** A Jaeger that has so many spans of each trace, one more at every question after the first. */
    const jaegerWith = (spans: Record<string, number>, grows: boolean): JaegerClient => {
        let questions = 0;
        return new JaegerClient("http://jaeger", (address) => {
            const id = address.split("/").at(-1) ?? "";
            const count = (spans[id] ?? 0) + (grows ? questions++ : 0);
            if (count === 0) return Promise.resolve(undefined);
            const found = Array.from({ length: Math.min(3, count) }, (_, index) => span(id, String(index)));
            return Promise.resolve({ data: [{ traceID: id, processes: {}, spans: found }] });
        });
    };

    it("lose the spans that Jaeger does not have", async () => {
        assert.equal(await lostSpans(jaegerWith({ a: 3, b: 1 }, false), ["a", "b", "c"], 3, CALM, 0), 5);
    });

    it("wait for spans that still arrive", async () => {
        assert.equal(await lostSpans(jaegerWith({ a: 2 }, true), ["a"], 3, CALM), 0);
    }).timeout(5000);

    it("ask for traces from the whole load, each once", () => {
        const all = Array.from({ length: 1000 }, (_, index) => index);
        const some = spread(all, 10);
        assert.deepEqual(some, [0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
        assert.deepEqual(spread([1, 2, 3], 10), [1, 2, 3]);
        assert.deepEqual(spread([], 10), []);
    });

    it("take the time of each question, and the request IDs of what they find", async () => {
        const jaeger = jaegerWith({ a: 1, b: 2 }, false);
        const searches = await timeEach(["a", "none", "b"], CALM, (id) => jaeger.trace(id));
        assert.ok(searches.every(({ milliseconds }) => milliseconds >= 0));
        assert.deepEqual(requestIds(searches.map(({ found }) => found)), ["id of a", "id of b"]);
    });
});

describe("the table of stores in docs/storage.md", () => {
    const DOCS = join(__dirname, "../../../docs");

    it("shows the parts of a figure by their names, and of searches the first ones", () => {
        const cpu = { metric: "CPU of a million spans", subject: "badger", unit: "CPU s" };
        const search = { metric: "search by ID", subject: "badger", unit: "ms" };
        const table = storesTable([
            { ...cpu, conditions: { part: "Jaeger" }, samples: [10, 20, 300] },
            { ...cpu, conditions: { part: "server" }, samples: [7] },
            { ...search, conditions: { time: "first" }, samples: [2] },
            { ...search, conditions: { time: "second" }, samples: [1] },
        ]);
        assert.deepEqual(table[1], ["badger", "-", "Jaeger 20, server 7", "2 ms", "-", "-", "-"]);
    });

    it("has the figures and the day of the last run", () => {
        const section = readRecord(resultFiles(DOCS).json).sections.find(({ name }) => name === "stores");
        assert.ok(section);
        const page = readFileSync(join(DOCS, "storage.md"), "utf8");
        const lines = page.split("\n").map((line) => line.replaceAll(/ +/g, " "));
        for (const row of storesTable(section.figures)) {
            const line = `| ${row.join(" | ")} |`;
            assert.ok(lines.includes(line), `expected this row in docs/storage.md: ${line}`);
        }
        assert.ok(page.includes(section.date.slice(0, 10)), `expected the day ${section.date} in docs/storage.md`);
    });
});
