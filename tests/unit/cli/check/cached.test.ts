import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { keysWithImports } from "../../../../cli/check/cache/keys";
import { cacheFolder } from "../../../../cli/check/cache/passes";
import { unlessPassed } from "../../../../cli/check/cache/wholeProject";
import { checkFormat } from "../../../../cli/check/format";
import { lint } from "../../../../cli/check/lint";
import type { ToolResult } from "../../../../cli/check/run";
import { checkSpelling } from "../../../../cli/check/spelling";

const PROJECT = join(__dirname, "../../../..");

/** A small project with this one's tools and rules. */
class SmallProject {
    public readonly root = realpathSync(mkdtempSync(join(tmpdir(), "cached-")));

    constructor(files: Record<string, string>) {
        for (const file of ["eslint.config.mjs", ".prettierrc.json", "package.json"])
            cpSync(join(PROJECT, file), join(this.root, file));
        symlinkSync(join(PROJECT, "node_modules"), join(this.root, "node_modules"));
        this.write("tsconfig.json", '{ "compilerOptions": { "strict": true, "types": [], "lib": ["es2023"] } }\n');
        for (const [file, text] of Object.entries(files)) this.write(file, text);
    }

    write(file: string, text: string): void {
        mkdirSync(dirname(join(this.root, file)), { recursive: true });
        writeFileSync(join(this.root, file), text);
    }

    delete(file: string): void {
        rmSync(join(this.root, file));
    }

    remove(): void {
        rmSync(cacheFolder(this.root), { recursive: true, force: true });
        rmSync(this.root, { recursive: true });
    }
}

const NAME = 'export const name = (): string => "one";\n';
const USER = 'import { name } from "./name";\n\nexport function use(): void {\n    name();\n}\n';
const OTHER = "export const other = 1;\n";

describe("a check that has passed before", function () {
    // Tools of a second or two, which wait for a processor on a busy machine.
    this.timeout(300_000);
    let project: SmallProject;
    beforeEach(() => {
        project = new SmallProject({ "name.ts": NAME, "user.ts": USER, "other.ts": OTHER });
    });
    afterEach(() => {
        project.remove();
    });

    /** Which files lint hands to ESLint, which finds nothing. */
    async function linted(): Promise<string[]> {
        const handed: string[] = [];
        await lint(project.root, (_, files) => {
            handed.push(...files);
            return Promise.resolve({ code: 0, output: "[]" });
        });
        return handed.filter((file) => !file.endsWith(".mjs")).sort();
    }

    it("lints nothing again while nothing has changed", async () => {
        assert.deepEqual(await linted(), ["name.ts", "other.ts", "user.ts"]);
        assert.deepEqual(await linted(), []);
    });

    it("lints a file again when what it imports has changed, since its types come from there", async () => {
        await linted();
        project.write("name.ts", 'export const name = (): Promise<string> => Promise.resolve("one");\n');
        const { code, output } = await lint(project.root);
        assert.equal(code, 1);
        assert.match(output, /^user\.ts:4:5 .*no-floating-promises$/m);
        assert.doesNotMatch(output, /other\.ts/);
        assert.deepEqual(await linted(), ["user.ts"]);
    });

    it("lints a file again when another one takes the place of what it imports", async () => {
        project.delete("name.ts");
        project.write("name/index.ts", NAME);
        await linted();
        project.write("name.ts", NAME);
        assert.deepEqual(await linted(), ["name.ts", "user.ts"]);
    });

    it("lints all files again when rules, compiler options, packages or ambient declarations have changed", async () => {
        for (const [file, text] of Object.entries({
            "eslint.config.mjs": "export default [];\n",
            "tsconfig.json": '{ "compilerOptions": { "strict": false } }\n',
            "package-lock.json": "{}\n",
            "globals.d.ts": "declare const version: string;\n",
        })) {
            await linted();
            project.write(file, text);
            assert.deepEqual((await linted()).filter((name) => name !== "globals.d.ts").length, 3, file);
        }
    });

    it("does not take a file for linted that was edited meanwhile", async () => {
        await lint(project.root, () => {
            project.write("other.ts", "export const other = 2;\n");
            return Promise.resolve({ code: 0, output: "[]" });
        });
        project.write("other.ts", OTHER);
        assert.deepEqual(await linted(), ["other.ts"]);
    });

    it("keeps no pass when the tool could not run", async () => {
        const broken = await lint(project.root, () => Promise.resolve({ code: 2, output: "no configuration" }));
        assert.deepEqual(broken, { code: 2, output: "no configuration" });
        assert.equal((await linted()).length, 3);
    });

    it("runs a check of all code again when any file has changed, came or went", async () => {
        let runs = 0;
        const check = (): Promise<ToolResult> =>
            unlessPassed("imports", project.root, () => {
                runs++;
                return Promise.resolve({ code: 0, output: "" });
            });
        await check();
        await check();
        assert.equal(runs, 1);
        project.write("other.ts", 'import "./name";\n');
        await check();
        project.delete("name.ts");
        await check();
        project.write("another.ts", OTHER);
        await check();
        assert.equal(runs, 4);
    });

    it("runs a check of all code again as long as something is wrong", async () => {
        let runs = 0;
        const check = (): Promise<ToolResult> =>
            unlessPassed("imports", project.root, () => {
                runs++;
                return Promise.resolve({ code: 1, output: "a circle" });
            });
        await check();
        assert.equal((await check()).output, "a circle");
        assert.equal(runs, 2);
    });

    it("finds a file that has lost its format, also by new options", async () => {
        const first = await checkFormat(project.root);
        assert.equal(first.code, 0, first.output);
        project.write("other.ts", "export const  other = 1;\n");
        assert.match((await checkFormat(project.root)).output, /other\.ts/);
        project.write("other.ts", OTHER);
        assert.equal((await checkFormat(project.root)).code, 0);
        project.write(".prettierrc.json", '{ "tabWidth": 8 }\n');
        assert.match((await checkFormat(project.root)).output, /user\.ts/);
    });

    it("finds a wrong word, also one that the dictionary no longer has", async () => {
        project.write("words.txt", "zzqx\nstrict\n");
        project.write(
            "cspell.json",
            `{ "version": "0.2", "files": ["*.md"], "dictionaries": ["own"], "loadDefaultConfiguration": false,
               "dictionaryDefinitions": [{ "name": "own", "path": "words.txt" }] }\n`,
        );
        project.write("terms.md", "Strict zzqx.\n");
        project.write("README.md", "Strict.\n");
        assert.equal((await checkSpelling(project.root)).code, 0);
        project.write("words.txt", "strict\n");
        project.write("README.md", "Strict alll.\n");
        const { output } = await checkSpelling(project.root);
        assert.match(output, /terms\.md:1:8 .*zzqx/);
        assert.match(output, /README\.md:1:8 .*alll/);
    });
});

describe("the key of a file", () => {
    it("changes with a package that was installed, and with nothing that the file cannot see", () => {
        const project = new SmallProject({ "name.ts": NAME, "user.ts": USER, "other.ts": OTHER });
        const keys = (): ReadonlyMap<string, string> =>
            keysWithImports(project.root, ["name.ts", "user.ts", "other.ts"]);
        const before = keys();
        project.write("other.ts", "export const other = 2;\n");
        const after = keys();
        assert.deepEqual(
            [...before].map(([file, key]) => after.get(file) === key),
            [true, true, false],
        );
        project.remove();
    });
});
