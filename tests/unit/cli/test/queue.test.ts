import assert from "node:assert/strict";
import { labCount } from "../../../../cli/test/lanes";
import { longestFirst, runQueue, type Lane } from "../../../../cli/test/queue";

/** Runs files on made-up labs, on which each takes a number of turns; answers what ran at the same time. */
async function play(
    turns: Record<string, number>,
    { alone = [], lanes = 2, signal, onResult = () => undefined }: Partial<Parameters<typeof runQueue<string>>[0]> = {},
): Promise<{ began: string[]; beside: Record<string, string[]>; ended: string[] }> {
    const running = new Set<string>();
    const began: string[] = [];
    const ended: string[] = [];
    const beside: Record<string, string[]> = {};
    const start = (number: number): Lane<string> => ({
        run: async (file) => {
            began.push(`${file} on ${String(number)}`);
            beside[file] = [...running];
            for (const other of running) beside[other]?.push(file);
            running.add(file);
            for (let turn = 0; turn < (turns[file] ?? 1); turn++) await new Promise(setImmediate);
            running.delete(file);
            return file;
        },
        end: () => {
            ended.push(`lab ${String(number)}`);
            return Promise.resolve();
        },
    });
    const together = Object.keys(turns).filter((file) => !alone.includes(file));
    await runQueue({ together, alone, lanes, start, onResult, signal });
    return { began, beside, ended };
}

describe("the lab tests on two labs", () => {
    it("begin with the files that took longest, and end with those of which nothing is known", () => {
        assert.deepEqual(longestFirst(["new", "short", "long", "medium"], { short: 5, long: 90, medium: 30 }), [
            "long",
            "medium",
            "short",
            "new",
        ]);
    });

    it("go to the lab that is free first, so that both end at about the same time", async () => {
        const { began } = await play({ long: 50, b: 10, c: 10, d: 10, e: 10 });
        assert.deepEqual(began, ["long on 1", "b on 2", "c on 2", "d on 2", "e on 2"]);
    });

    it("run each file once, and tell each result as it comes", async () => {
        const results: string[] = [];
        await play({ a: 30, b: 1, c: 1 }, { onResult: (file) => results.push(file) });
        assert.deepEqual(results, ["b", "c", "a"]);
    });

    it("run what needs the machine for itself at the end, one after the other, beside nothing", async () => {
        const { began, beside } = await play({ a: 5, b: 20, quiet: 3, still: 3 }, { alone: ["quiet", "still"] });
        assert.deepEqual(began.slice(2), ["quiet on 1", "still on 1"]);
        assert.deepEqual([beside["quiet"], beside["still"], beside["a"]], [[], [], ["b"]]);
    });

    it("take a lab down as soon as nothing is left for it, and the first at the very end", async () => {
        const { ended } = await play({ a: 50, b: 1, quiet: 1 }, { alone: ["quiet"] });
        assert.deepEqual(ended, ["lab 2", "lab 1"]);
    });

    it("use one lab where the machine carries one, or where there is one file", async () => {
        assert.deepEqual((await play({ a: 1, b: 1 }, { lanes: 1 })).ended, ["lab 1"]);
        assert.deepEqual((await play({ a: 1 })).ended, ["lab 1"]);
        assert.deepEqual((await play({ quiet: 1 }, { alone: ["quiet"] })).began, ["quiet on 1"]);
    });

    it("begin no further file once they are interrupted, and take both labs down", async () => {
        const abort = new AbortController();
        const onResult = (): void => {
            abort.abort();
        };
        const { began, ended } = await play(
            { a: 1, b: 5, c: 1, quiet: 1 },
            { alone: ["quiet"], signal: abort.signal, onResult },
        );
        assert.deepEqual(began, ["a on 1", "b on 2"]);
        assert.deepEqual(ended.sort(), ["lab 1", "lab 2"]);
    });
});

describe("the number of labs", () => {
    it("is two where there are two processors and the memory for both, unless you ask for another number", () => {
        assert.equal(labCount({ processors: 2, availableGiB: 20 }), 2);
        assert.equal(labCount({ processors: 1, availableGiB: 20 }), 1);
        assert.equal(labCount({ processors: 8, availableGiB: 6 }), 1);
    });

    it("is what LABS says", () => {
        const machine = { processors: 2, availableGiB: 20 };
        assert.deepEqual([labCount(machine, "1"), labCount(machine, "2")], [1, 2]);
        assert.throws(() => labCount(machine, "3"), /LABS: expected 1, 2 or auto, got "3"/);
    });

    it("is chosen for the machine with LABS=auto too", () => {
        assert.equal(labCount({ processors: 2, availableGiB: 20 }, "auto"), 2);
    });
});
