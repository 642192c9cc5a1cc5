import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { BenchRecord } from "../../../bench/record";
import { mergeRecords } from "../../../bench/record";
import { runBench } from "../../../bench/run";
import type { Section } from "../../../bench/section";
import { takeTurns } from "../../../bench/turns";
import { figure, record, section } from "./records";

const NO_LAB = {
    up: () => Promise.reject(new Error("there is no lab in this test")),
    fresh: () => Promise.reject(new Error("there is no lab in this test")),
    distrust: () => undefined,
    versions: () => Promise.resolve({ istio: "1.31.1" }),
};

function run(sections: Section[], abort = new AbortController(), kept: BenchRecord[] = []): Promise<BenchRecord> {
    const keep = (now: BenchRecord): number => kept.push(structuredClone(now));
    const about = { repeats: 2, command: "npm run bench", lab: NO_LAB, say: () => undefined, keep, graceMs: 50 };
    return runBench({ ...about, sections, signal: abort.signal });
}

function part(name: string, work: Section["run"]): Section {
    return { name, title: name, usualMinutes: 1, run: work };
}

describe("a run of the benchmark", () => {
    it("has each section's figures with machine, versions, date and commit", async () => {
        const { sections } = await run([
            part("one", (_context, result) => {
                result.figures.push(figure("istio-tracing", [1]));
                return Promise.resolve();
            }),
        ]);
        const [one] = sections;
        assert.deepEqual(one?.figures, [figure("istio-tracing", [1])]);
        assert.ok(one.machine.cores > 0);
        assert.equal(one.versions["istio"], "1.31.1");
        assert.equal(one.versions["node"], process.versions.node);
        assert.match(one.date, /^\d{4}-\d\d-\d\dT/);
        assert.notEqual(one.commit, "");
    });

    it("goes on with the next section when one fails, and says why it did", async () => {
        const { sections, interrupted } = await run([
            part("one", async (context) => {
                await context.lab();
            }),
            part("two", () => Promise.resolve()),
        ]);
        assert.deepEqual(
            sections.map(({ failure }) => failure),
            ["there is no lab in this test", undefined],
        );
        assert.equal(interrupted, false);
    });

    it("keeps what it has when it is interrupted, and begins no further section", async () => {
        const abort = new AbortController();
        const kept: BenchRecord[] = [];
        const sections = [
            part("one", (_context, result) => {
                result.figures.push(figure("istio-tracing", [1]));
                abort.abort();
                return Promise.reject(new Error("a child was ended by the interrupt"));
            }),
            part("two", () => Promise.resolve()),
        ];
        const ended = await run(sections, abort, kept);
        assert.equal(ended.interrupted, true);
        assert.deepEqual(
            ended.sections.map(({ name, interrupted, failure, figures }) => ({ name, interrupted, failure, figures })),
            [{ name: "one", interrupted: true, failure: undefined, figures: [figure("istio-tracing", [1])] }],
        );
        assert.deepEqual(kept.at(-1), ended);
    });

    it("waits no longer than a while for a section that does not heed the interrupt", async () => {
        const abort = new AbortController();
        const ended = await run(
            [
                part("one", (_context, result) => {
                    result.figures.push(figure("istio-tracing", [1]));
                    abort.abort();
                    return new Promise(() => undefined);
                }),
            ],
            abort,
        );
        assert.equal(ended.sections[0]?.interrupted, true);
        assert.equal(ended.sections[0].figures.length, 1);
    });

    it("removes each section's scratch folder", async () => {
        const folders: string[] = [];
        await run([
            part("one", (context) => {
                assert.ok(existsSync(context.scratch));
                folders.push(context.scratch);
                return Promise.resolve();
            }),
        ]);
        assert.deepEqual(folders.map(existsSync), [false]);
    });
});

describe("turns", () => {
    const about = { repeats: 3, say: () => undefined, deadline: 100, signal: new AbortController().signal };

    it("measure each subject once a round", async () => {
        const order: string[] = [];
        const turn = (subject: string) => ({ subject, measure: () => Promise.resolve(void order.push(subject)) });
        assert.deepEqual(await takeTurns(about, [turn("a"), turn("b")], () => 0), { rounds: 3 });
        assert.equal(order.join(""), "ababab");
    });

    it("begin no round that would end after the deadline, but always the first", async () => {
        let time = 0;
        const measure = (): Promise<void> => Promise.resolve(void (time += 60));
        const turns = await takeTurns(about, [{ subject: "a", measure }], () => time);
        assert.deepEqual(turns, { rounds: 1, stopped: "out of time" });
    });

    it("begin nothing new after an interrupt", async () => {
        const abort = new AbortController();
        const order: string[] = [];
        const turn = (subject: string) => ({
            subject,
            measure: () => {
                order.push(subject);
                abort.abort();
                return Promise.resolve();
            },
        });
        const turns = await takeTurns({ ...about, signal: abort.signal }, [turn("a"), turn("b")], () => 0);
        assert.deepEqual([turns, order], [{ rounds: 0, stopped: "interrupted" }, ["a"]]);
    });
});

describe("the committed results", () => {
    const order = ["first-trace", "operations", "growth"];
    const named = (name: string, more: Partial<Parameters<typeof section>[1]> = {}) => section([], { name, ...more });

    it("get the sections of a new run, and keep the others", () => {
        const earlier = record(named("growth", { commit: "old" }), named("operations", { commit: "old" }));
        const merged = mergeRecords(earlier, record(named("operations", { commit: "new" })), order);
        assert.deepEqual(
            merged.sections.map(({ name, commit }) => `${name} ${commit}`),
            ["operations new", "growth old"],
        );
    });

    it("keep a section that failed or was interrupted in the new run", () => {
        const earlier = record(named("operations", { commit: "old" }));
        for (const end of [{ failure: "no lab" }, { interrupted: true }]) {
            const merged = mergeRecords(earlier, record(named("operations", { commit: "new", ...end })), order);
            assert.deepEqual(
                merged.sections.map(({ commit }) => commit),
                ["old"],
            );
        }
    });

    it("lose a section that the benchmark no longer has", () => {
        assert.deepEqual(mergeRecords(record(named("gone")), record(), order).sections, []);
    });
});
