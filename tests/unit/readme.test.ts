import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FIELDS } from "../../components/settings/fields";

const ROOT = join(__dirname, "../..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const SCRIPTS = (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> })
    .scripts;

describe("the README", () => {
    it("lists every setting with its default", () => {
        for (const [key, field] of Object.entries(FIELDS)) {
            const row = README.split("\n").find((line) => new RegExp(`^\\| \`${key}\` +\\|`).test(line));
            assert.ok(row, key);
            if (typeof field.default === "string" && field.default !== "") {
                assert.ok(row.includes(`\`${field.default}\``), `${key}: ${row}`);
            }
        }
    });

    for (const file of ["README.md", "CONTRIBUTING.md"]) {
        it(`and ${file} show no npm command and link to no file that does not exist`, () => {
            const text = readFileSync(join(ROOT, file), "utf8");
            for (const [, name = ""] of text.matchAll(/npm run ([a-z:]+)/g))
                assert.ok(name in SCRIPTS, `npm run ${name}`);
            for (const [, target = ""] of text.matchAll(/\]\(([^)#:]+)\)/g))
                assert.ok(existsSync(join(ROOT, target)), target);
        });
    }
});
