import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { format } from "oxfmt";
import { phases } from "../../../bench/firstTrace/phases";
import { addDescendants } from "../../../bench/memory";
import { leftovers } from "../../../bench/operations/inventory";
import { parseBenchOptions } from "../../../bench/options";
import { resultFiles, writeResults } from "../../../bench/page";
import { readRecord } from "../../../bench/record";
import { SECTIONS } from "../../../bench/sections";
import { renderTable } from "../../../bench/table";
import { IMAGE_NAMES, ISTIO_HUB, ISTIO_VERSION } from "../../../lab/images/names";
import { figure, record, section } from "./records";

const RECORD = record(
    section(
        [
            figure("istio-tracing", [3, 1, 2]),
            figure("plain | program", [6]),
            figure("istioctl", []),
            figure("istio-tracing", [1], { metric: "parts", conditions: { part: "istiod" } }),
            figure("istio-tracing", [2], { metric: "parts", conditions: { part: "pods" } }),
            ...[10, 100, 500].map((pods) =>
                figure("istio-tracing", [pods], { metric: "doctor", conditions: { pods } }),
            ),
        ],
        {
            goals: [
                { text: "half of the peer", value: 0.4, limit: { atMost: 0.5 }, unit: "of its time" },
                { text: "spans", value: 5, limit: { atLeast: 10 }, unit: "/s", note: "Export is slow." },
            ],
            notes: ["What it means."],
        },
    ),
);

describe("the table of a run", () => {
    const table = renderTable(RECORD).join("\n");

    it("has machine, versions, date, commit and repeats", () => {
        assert.match(table, /Some CPU, 2 cores, 24 GiB, Linux 6\.1/);
        assert.match(table, /node 24\.0\.0/);
        assert.match(
            table,
            /2026-11-01T10:00:00\.000Z, commit 0123456789, 3 repeats, 4\.20 min, load 0\.1 at the start/,
        );
    });

    it("has median, spread and number of samples of each figure, and says what was not measured", () => {
        assert.match(table, /preview +istio-tracing +2 s +1 to 3 +3/);
        assert.match(table, /preview +istioctl +not measured +0/);
    });

    it("says which goals are met and which are missed", () => {
        assert.match(table, /met .*half of the peer: 0\.4 of its time \(at most 0\.5 of its time\)/);
        assert.match(table, /missed.*spans: 5 \/s \(at least 10 \/s\)\. Export is slow\./);
    });

    it("says of a section that it was interrupted, or why it failed", () => {
        const ended = (more: object): string => renderTable(record(section([], more))).join("\n");
        assert.match(ended({ interrupted: true }), /Interrupted: .*\n.*nothing was measured/);
        assert.match(ended({ failure: "no lab" }), /Failed: no lab/);
    });
});

describe("the page of a run", () => {
    let folder: string;
    before(async () => {
        folder = mkdtempSync(join(tmpdir(), "bench-page-"));
        await writeResults(folder, RECORD);
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });
    const page = (): string => readFileSync(resultFiles(folder).page, "utf8");

    it("has the command, every figure, the goals and what they mean", () => {
        for (const text of [
            "npm run bench -- --write",
            "plain \\| program",
            "not measured",
            "missed",
            "What it means.",
        ])
            assert.ok(page().includes(text), text);
    });

    it("shows every plot that was drawn, each a picture that stands alone", () => {
        const plots = readdirSync(join(folder, "benchmarks")).filter((file) => file.endsWith(".svg"));
        assert.deepEqual(plots, ["operations-doctor.svg", "operations-parts.svg", "operations-preview.svg"]);
        for (const plot of plots) {
            assert.ok(page().includes(`](benchmarks/${plot})`));
            assert.match(readFileSync(join(folder, "benchmarks", plot), "utf8"), /^<svg [^>]*xmlns="http:/);
        }
        assert.match(readFileSync(join(folder, "benchmarks", "operations-parts.svg"), "utf8"), /istiod.*pods/s);
    });

    it("is left as it is by the formatter, and its JSON can be read back", async () => {
        const { code } = await format("page.md", page(), { tabWidth: 4, printWidth: 120 });
        assert.equal(code, page());
        assert.deepEqual(readRecord(resultFiles(folder).json), RECORD);
    });

    it("is refused with file and next step when its JSON is missing or damaged", () => {
        const file = join(folder, "other.json");
        assert.throws(() => readRecord(file), /other\.json, got no file\. Next: run "npm run bench -- --write"/);
        writeFileSync(file, "{");
        assert.throws(() => readRecord(file), /expected JSON in .*other\.json/);
        writeFileSync(file, '{"format": 99}');
        assert.throws(() => readRecord(file), /expected results of format 1 in .*, got format 99/);
    });
});

describe("the options of npm run bench", () => {
    const parse = (...args: string[]) => parseBenchOptions(args, SECTIONS);

    it("run everything unless sections are named, in the benchmark's order", () => {
        assert.deepEqual(parse().sections, SECTIONS);
        const named = parse("--only", "operations,first-trace").sections.map(({ name }) => name);
        assert.deepEqual(named, ["first-trace", "operations"]);
    });

    it("are refused with what was expected and what was got", () => {
        assert.throws(
            () => parse("--only", "growht"),
            /expected --only to name sections \(first-trace, .*\), got "growht"/,
        );
        for (const repeats of ["0", "1.5", "many", "51"])
            assert.throws(
                () => parse("--repeats", repeats),
                /expected --repeats to be a whole number from 1 to 50, got/,
            );
        assert.throws(() => parse("--write", "--check"), /expected --write or --check, got both/);
    });

    it("offer no section that takes more than ten minutes, and little more than an hour for all", () => {
        for (const { name, usualMinutes } of SECTIONS) assert.ok(usualMinutes <= 10, name);
        assert.ok(SECTIONS.reduce((sum, { usualMinutes }) => sum + usualMinutes, 0) <= 70);
    });
});

describe("the peers", () => {
    it("run from the images that the lab has", () => {
        const folder = join(__dirname, "../../../bench/peers");
        const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
            /\.(yaml|ts)$/.test(file),
        );
        const text = files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
        const images = [...text.matchAll(/image: "?(docker\.io\/[^"\s]+)/g)].map(([, image]) => image);
        assert.ok(images.length >= 6);
        for (const image of images) assert.ok(Object.values<string>(IMAGE_NAMES).includes(image ?? ""), image);
        assert.match(text, new RegExp(`hub: ${ISTIO_HUB}\n  tag: ${ISTIO_VERSION}\n`));
    });
});

describe("what is read out of a measurement", () => {
    it("cuts the time to the first trace into parts that add up to it", () => {
        const found = phases(1000, {
            firstWrite: 2000,
            istiodPod: 5000,
            crds: 4000,
            firstRequest: 9000,
            visible: 10_000,
        });
        assert.deepEqual(
            found.map(({ seconds }) => seconds),
            [1, 2, 1, 4, 1],
        );
    });

    it("gives no time to what was there before something slower", () => {
        const found = phases(0, { istiodReady: 5000, appPods: 3000, visible: 6000 });
        assert.deepEqual(
            found.map(({ seconds }) => seconds),
            [5, 0, 1],
        );
    });

    it("counts what a destroy left by kind, without what was there before, and names what is of no such kind", () => {
        const before = ["ConfigMap default/kube-root-ca.crt", "Namespace /default"];
        const after = [
            ...before,
            "APIService /v1.networking.istio.io",
            "ConfigMap default/istio-ca-root-cert",
            "CustomResourceDefinition /gateways.networking.istio.io",
            "Namespace /demo",
        ];
        assert.deepEqual(leftovers(before, after), {
            counts: { crds: 1, configMaps: 1, others: 1 },
            others: ["Namespace /demo"],
        });
    });

    it("counts the memory of children and of their children, also of those whose parent has ended", () => {
        const known = new Set([1]);
        addDescendants(known, [
            { pid: 3, parent: 2 },
            { pid: 2, parent: 1 },
            { pid: 9, parent: 8 },
        ]);
        assert.deepEqual([...known].sort(), [1, 2, 3]);
        addDescendants(known, [{ pid: 4, parent: 3 }]);
        assert.ok(known.has(4));
    });
});
