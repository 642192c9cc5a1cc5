import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testTitles } from "../../../cli/check/labTests";
import { runMocha, slowestTests, type TestRun } from "../../../cli/check/mocha";
import { typecheck } from "../../../cli/check/typecheck";

const PROJECT = join(__dirname, "../../..");

describe("npm run check", () => {
    it("turns red on a type error, although the program runs without checking types", async () => {
        const folder = mkdtempSync(join(PROJECT, "tests", ".types-"));
        try {
            writeFileSync(join(folder, "wrong.ts"), 'export const count: number = "five";\n');
            writeFileSync(
                join(folder, "tsconfig.json"),
                '{ "extends": "../../tsconfig.json", "include": ["*.ts"], "compilerOptions": { "rootDir": "." } }',
            );
            const wrong = await typecheck(join(folder, "tsconfig.json"));
            assert.notEqual(wrong.code, 0);
            assert.match(wrong.output, /wrong\.ts.*TS2322/);
            writeFileSync(join(folder, "wrong.ts"), "export const count: number = 5;\n");
            const right = await typecheck(join(folder, "tsconfig.json"));
            assert.equal(right.code, 0, right.output);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("counts the tests of a run, and knows which took longest", async () => {
        const run = await runFile(`
            it("passes", (done) => setTimeout(done, 50));
            it("fails", () => { throw new Error("no"); });
            it.skip("is skipped", () => {});
        `);
        assert.notEqual(run.code, 0);
        assert.deepEqual([run.passed, run.failed, run.skipped], [1, 1, 1]);
        assert.equal(slowestTests(run)[0]?.title, "passes");
        assert.equal(slowestTests(run, 1).length, 1);
    });

    it("takes a run without a single test for a failed one", async () => {
        const { code, passed, failed } = await runFile("");
        assert.deepEqual([code, passed, failed], [1, 0, 1]);
    });

    it("shows the lines of a test's own file where it fails", async () => {
        const { output } = await runFile(`
            interface Gone {
                before: "the program runs";
            }
            it("fails in line 5", () => { throw new Error("no"); });
        `);
        assert.match(output, /one\.test\.ts:5:/);
    });

    it("can name the lab's tests without running them", async () => {
        const run = runFile('describe("a lab", () => { it("joins traces", () => { throw new Error(); }); });', (file) =>
            testTitles([file]),
        );
        assert.deepEqual(await run, ["a lab joins traces"]);
    });
});

/** Runs a test file of the given content. */
async function runFile<Result = TestRun>(
    source: string,
    run: (file: string) => Promise<Result> = (file) => runMocha([file]) as Promise<Result>,
): Promise<Result> {
    const folder = mkdtempSync(join(tmpdir(), "check-"));
    try {
        const file = join(folder, "one.test.ts");
        writeFileSync(file, source);
        return await run(file);
    } finally {
        rmSync(folder, { recursive: true });
    }
}
