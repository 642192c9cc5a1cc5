import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FIELDS } from "../../components/settings/fields";

const ROOT = join(__dirname, "../..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const SCRIPTS = (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: Record<string, string> })
    .scripts;

/** The anchors that GitHub gives to the headings of a page. */
function headings(file: string): string[] {
    return [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
        title
            .toLowerCase()
            .replace(/[^\w\- ]/g, "")
            .replaceAll(" ", "-"),
    );
}

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

    const pages = readdirSync(join(ROOT, "docs"))
        .filter((file) => file.endsWith(".md"))
        .map((file) => `docs/${file}`);
    for (const file of ["README.md", "CONTRIBUTING.md", ...pages]) {
        it(`and ${file} show no npm command and link to no file that does not exist`, () => {
            const text = readFileSync(join(ROOT, file), "utf8");
            for (const [, name = ""] of text.matchAll(/npm run ([a-z:]+)/g))
                assert.ok(name in SCRIPTS, `npm run ${name}`);
            for (const [, target = "", heading] of text.matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g)) {
                const linked = target === "" ? join(ROOT, file) : join(ROOT, dirname(file), target);
                assert.ok(existsSync(linked), target);
                if (heading !== undefined) assert.ok(headings(linked).includes(heading), `${target}#${heading}`);
            }
        });
    }
});
