import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { resolveSettings } from "../../components/settings";
import { PROJECT } from "../../shared/names/project";
import { createAuthority } from "../../shared/certificates/x509";
import { deepMerge, isPlainObject, mapAt, type PlainObject } from "../../shared/values/plainObjects";

const DOCS = join(__dirname, "../../docs");
/** What the text beside an example has people set with --secret, each with what in the example asks for it. */
const ENCRYPTED: [setting: string, value: string, askedBy: RegExp][] = [
    ["uiBasicAuth", '{"username":"anna","password":"correct-horse-9"}', /"ui":(?!.*"authentication")/],
    ["istioChartPassword", "geheim", /"chartAccess"/],
    ["certManagerChartPassword", "geheim", /"certManagerChart"/],
];

/** Examples of stack files on a page, as settings by key; one that says "as above" with those of the one before. */
function examples(page: string): PlainObject[] {
    const blocks = [...readFileSync(join(DOCS, page), "utf8").matchAll(/^ *```yaml\n([^]*?)^ *```/gm)];
    return blocks.reduce<PlainObject[]>((found, [, text = ""]) => {
        // Manifests come several at a time; a stack file is one document.
        const [first] = parseAllDocuments(text);
        const config = mapAt(first?.toJS() as unknown, "config");
        const own = Object.entries(config).filter(([key]) => key.startsWith(`${PROJECT}:`));
        if (own.length === 0) return found;
        const settings = Object.fromEntries(own.map(([key, value]) => [key.slice(PROJECT.length + 1), value]));
        const above = text.includes("# as above") ? found.at(-1) : undefined;
        return [...found, above === undefined ? settings : deepMerge(above, settings)];
    }, []);
}

describe("the examples of stack files in docs", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "docs-examples-"));
        writeFileSync(join(folder, "company-ca.pem"), createAuthority("company").certificatePem);
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("are found", () => {
        assert.ok(examples("platforms.md").length >= 6);
        assert.ok(examples("ui.md").length >= 3);
    });

    for (const page of readdirSync(DOCS).filter((name) => name.endsWith(".md"))) {
        for (const [index, settings] of examples(page).entries()) {
            it(`are accepted: ${basename(page, ".md")}, example ${String(index + 1)}`, () => {
                const text = JSON.stringify(settings).replaceAll("./company", `${folder}/company`);
                const raw = Object.entries(JSON.parse(text) as PlainObject).map(([key, value]) => [
                    key,
                    isPlainObject(value) ? JSON.stringify(value) : String(value),
                ]);
                const secrets = ENCRYPTED.filter(([, , askedBy]) => askedBy.test(text));
                resolveSettings(Object.fromEntries([...raw, ...secrets]) as Record<string, string>);
            });
        }
    }
});
