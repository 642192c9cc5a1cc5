import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Field } from "../../components/settings/field";
import { FORMER_KEYS } from "../../components/settings/formerKeys";
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

/** Rows of the table of settings in a text, by the setting in their first cell, which may be a link. */
function settingRows(text: string): Map<string, string> {
    return new Map(
        [...text.matchAll(/^\| \[?`([\w.]+)`(?:\]\(#\w+\))? +\|.*$/gm)].map(([row, key = ""]) => [key, row]),
    );
}

describe("the README", () => {
    const short = settingRows(README.split("\n## Settings\n")[1]?.split("\n## ")[0] ?? "");
    const full = settingRows(readFileSync(join(ROOT, "docs/settings.md"), "utf8").split("\n## ")[0] ?? "");

    it("and docs/settings.md give the real default of every setting that they list", () => {
        for (const [key, row] of [...short, ...full]) {
            const field = Object.entries<Field>(FIELDS).find(([name]) => name === key)?.[1];
            assert.ok(field, key);
            const standing =
                field.follows?.preset ??
                (field.default === "" ? "none" : JSON.stringify(field.default).replaceAll('"', ""));
            assert.match(
                row.replaceAll('"', ""),
                new RegExp(`\\| \`?${standing.replace(/[{}.[\]]/g, "\\$&")}\`? +\\|`),
            );
        }
    });

    it("leads to docs/settings.md, which lists every setting", () => {
        assert.ok(short.size > 8);
        assert.deepEqual([...full.keys()], Object.keys(FIELDS));
    });

    it("leads to docs/upgrading.md, which has every former key and its place", () => {
        const upgrading = readFileSync(join(ROOT, "docs/upgrading.md"), "utf8");
        const rows = [...upgrading.matchAll(/^\| `(\w+)` +\| `([\w.]+)` +\|$/gm)].map(([, key, path]) => [key, path]);
        assert.deepEqual(Object.fromEntries(rows), FORMER_KEYS);
        assert.match(README, /docs\/upgrading\.md/);
    });

    it("and every page of the documentation have one title", () => {
        const pages = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"));
        for (const page of ["README.md", ...pages.map((name) => `docs/${name}`)]) {
            const prose = readFileSync(join(ROOT, page), "utf8").replace(/^```[^]*?^```$/gm, "");
            assert.equal(prose.match(/^# /gm)?.length, 1, page);
        }
    });

    it("shows a quick start that is part of the walkthrough", () => {
        const commands = (heading: string): string[] =>
            [...(README.split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "").matchAll(/```sh\n([^]*?)```/g)]
                .flatMap(([, block = ""]) => block.split("\n").map((line) => line.replace(/ +#.*$/, "")))
                .filter((line) => line !== "");
        const quick = commands("Your own cluster in five lines");
        assert.equal(quick.length, 5);
        assert.deepEqual(
            commands("On your own cluster").filter((command) => quick.includes(command)),
            quick,
        );
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
