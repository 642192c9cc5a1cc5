import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { testTitles } from "../../../cli/check/labTests";
import { readCounts } from "../../../cli/check/mocha";
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

    it("counts the tests in mocha's last lines", () => {
        assert.deepEqual(readCounts("\n  12 passing (3s)\n  1 pending\n  2 failing\n"), {
            passed: 12,
            failed: 2,
            skipped: 1,
        });
        assert.deepEqual(readCounts("nothing ran"), { passed: 0, failed: 0, skipped: 0 });
    });

    it("can name the lab's tests without running them", () => {
        assert.deepEqual(testTitles('it("joins traces", () => {});\n    it(`keeps "it"`, async () => {'), [
            "joins traces",
            'keeps "it"',
        ]);
    });
});
