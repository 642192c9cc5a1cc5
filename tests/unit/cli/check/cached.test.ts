import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cacheFolder, unlessPassed } from "../../../../cli/check/cache";
import { checkFormat } from "../../../../cli/check/format";
import { checkLint } from "../../../../cli/check/lint";
import type { ToolResult } from "../../../../cli/check/run";
import { checkSpelling } from "../../../../cli/check/spelling";

const PROJECT = join(__dirname, "../../../..");

/** A small project with this one's tools and rules. */
class SmallProject {
    public readonly root = realpathSync(mkdtempSync(join(tmpdir(), "cached-")));

    constructor(files: Record<string, string>) {
        for (const file of [".oxlintrc.json", "cli/check/lintPlugin.mjs", ".oxfmtrc.json", "package.json"])
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

    it("lints a file again when what it imports has changed, since its types come from there", async () => {
        assert.deepEqual(await checkLint(project.root), { code: 0, output: "" });
        project.write("name.ts", 'export const name = (): Promise<string> => Promise.resolve("one");\n');
        const { code, output } = await checkLint(project.root);
        assert.equal(code, 1);
        assert.match(output, /^user\.ts:4:5: .*no-floating-promises/m);
        assert.doesNotMatch(output, /other\.ts/);
    });

    it("lints again when the rules have changed", async () => {
        assert.equal((await checkLint(project.root)).code, 0);
        project.write(".oxlintrc.json", '{ "ignorePatterns": ["node_modules"], "rules": { "id-length": "error" } }\n');
        assert.equal((await checkLint(project.root)).code, 0);
        project.write(".oxlintrc.json", '{ "ignorePatterns": ["node_modules"], "rules": { "func-style": "error" } }\n');
        assert.match((await checkLint(project.root)).output, /user\.ts.*func-style/);
    });

    it("rejects a decision on words for people, in every form", async () => {
        const decisions = [
            'finding.got.includes("x")',
            'message.startsWith("x")',
            'String(error).split("x")',
            "/x/.test(finding.got)",
            "/x/.exec(message)",
        ];
        project.write(
            "other.ts",
            `export function decide(finding: { got: string }, message: string, error: Error): unknown[] {
    return [
${decisions.map((decision) => `        ${decision},\n`).join("")}    ];
}
`,
        );
        const { output } = await checkLint(project.root);
        const lines = decisions.map((_, index) => new RegExp(`^other\\.ts:${String(index + 3)}:.*typed field`, "m"));
        for (const line of lines) assert.match(output, line);
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
        project.write("tsconfig.json", '{ "compilerOptions": { "strict": false } }\n');
        await check();
        project.write(".dependency-cruiser.mjs", "export default {};\n");
        await check();
        assert.equal(runs, 6);
    });

    it("runs a check of all code again when a file was edited while it ran", async () => {
        let runs = 0;
        const check = (text: string): Promise<ToolResult> =>
            unlessPassed("imports", project.root, () => {
                runs++;
                project.write("other.ts", text);
                return Promise.resolve({ code: 0, output: "" });
            });
        await check("export const other = 2;\n");
        project.write("other.ts", OTHER);
        await check(OTHER);
        assert.equal(runs, 2);
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
        project.write(".oxfmtrc.json", '{ "tabWidth": 8 }\n');
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
