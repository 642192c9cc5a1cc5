import { UserError } from "../../shared/terminal/errors";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyCommand } from "../../cli/policy/command";
import { judgeTexts, meshConfigMap, PROVIDER } from "./judged";

const SERVICE =
    "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { ports: [{ name: http, port: 80 }] }\n";

describe("files that cannot be judged", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "unreadable-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });
    const judge = async (...contents: (string | Buffer)[]): Promise<{ exitCode: number; output: string }> => {
        const files = contents.map((_, index) => join(folder, `${String(index)}.yaml`));
        contents.forEach((content, index) => {
            writeFileSync(files[index] ?? "", content);
        });
        try {
            return await policyCommand(files);
        } catch (error) {
            if (!(error instanceof UserError)) throw error;
            return { exitCode: error.exitCode, output: error.message };
        }
    };

    const cases: [string, string | Buffer, RegExp][] = [
        [
            "UTF-16 with its mark",
            Buffer.from(`\ufeff${SERVICE}`, "utf16le"),
            /expected text in UTF-8, got UTF-16, which > in Windows PowerShell writes/,
        ],
        ["UTF-16 without a mark", Buffer.from(SERVICE, "utf16le"), /got UTF-16/],
        ["UTF-16 of the other order", Buffer.from(`\ufeff${SERVICE}`, "utf16le").swap16(), /got UTF-16/],
        ["Latin-1", Buffer.from("# caf\xe9\n", "latin1"), /expected text in UTF-8, got invalid bytes/],
        ["a control character", SERVICE.replace("web", "w\u0007eb"), /got the control character U\+0007 in line 3/],
        ["an escape sequence in a comment", `# \u001b[2J\n${SERVICE}`, /U\+001B in line 1/],
        [
            "a chart's template",
            `${SERVICE}{{- if .Values.more }}\nmore: 1\n{{- end }}\n`,
            /got a template with \{\{ in line 5; render it first/,
        ],
        [
            "a template's value without quotes",
            SERVICE.replace("web", "{{ .Release.Name }}"),
            /got a template with \{\{ in line 3/,
        ],
        [
            "a template's value in quotes",
            SERVICE.replace("web", '"{{ .Release.Name }}"'),
            /expected metadata\.name, got the template/,
        ],
        ["a number for a name", SERVICE.replace("web", "12"), /expected metadata\.name as text, got 12/],
        [
            "an empty list",
            "apiVersion: v1\nkind: List\nitems: []\n",
            /expected Kubernetes objects, got a list without items/,
        ],
        ["an empty typed list", '{"apiVersion":"v1","kind":"ServiceList","items":[]}', /got a list without items/],
        ["no metadata's map", "apiVersion: v1\nkind: Service\n---\n[]\n", /document 2: expected a Kubernetes object/],
    ];
    for (const [what, content, message] of cases) {
        it(`because of ${what}, are refused with one sentence and exit code 2`, async () => {
            const { exitCode, output } = await judge(content);
            assert.equal(exitCode, 2, output);
            assert.match(output, message);
            assert.equal(output.split("\n").length, 2, output);
        });
    }

    it("because nothing is in them are a note beside others", async () => {
        const { exitCode, output } = await judge("apiVersion: v1\nkind: List\nitems: []\n", "# later\n", SERVICE);
        assert.equal(exitCode, 0, output);
        assert.match(output, /note.*0\.yaml: expected Kubernetes objects, got a list without items/);
        assert.match(output, /note.*1\.yaml: .*only comments/);
    });

    it("may begin with a mark of UTF-8, which says nothing", async () => {
        assert.equal((await judge(`\ufeff${SERVICE}`)).exitCode, 0);
    });

    it("show names that would steer a terminal by the codes of their characters, as text and as JSON", async () => {
        const named = SERVICE.replace("web", '"w\\e[31m\\x9b2J\\u202eb\\n"').replace("http", "otlp");
        const { output } = await judge(named);
        assert.ok(output.includes("Service shop/w\\u001b[31m\\u009b2J\\u202eb\\u000a"), output);
        const { stdout } = spawnSync(
            process.execPath,
            [join(__dirname, "../../cli/bootstrap.mjs"), "policy", "--json", join(folder, "0.yaml")],
            { encoding: "utf8" },
        );
        assert.doesNotMatch(stdout, /[\u009b\u202e\u001b]/u);
        const { findings } = JSON.parse(stdout) as { findings: { resource: string }[] };
        assert.equal(findings[0]?.resource, "Service shop/w\u001b[31m\u009b2J\u202eb\n");
    });
});

describe("configurations that their program cannot read", () => {
    it("are each one finding, whatever is wrong in them", () => {
        for (const mesh of [
            "a: [b\n",
            "\ttab: 1\n",
            "- a list\n",
            "just text\n",
            "a: 1\n b: 2\n",
            "{{ .Values.mesh }}\n",
        ]) {
            const { rules, violations } = judgeTexts({ "mesh.yaml": meshConfigMap(mesh) });
            assert.deepEqual(rules, ["configuration-readable"], mesh);
            assert.equal(violations.length, 1, mesh);
        }
    });

    it("are none where istiod reads them: keys that stand twice, comments, nothing", () => {
        const twice = `enableTracing: false\n${PROVIDER}enableTracing: true\n`;
        for (const mesh of [twice, "# nothing yet\n"]) {
            const { rules } = judgeTexts({ "mesh.yaml": meshConfigMap(mesh) });
            assert.ok(!rules.includes("configuration-readable"), mesh);
        }
    });

    it("are not shown, for they may hold keys", () => {
        const secret = "Api-Token s3cr3t";
        const provider = `name: a, opentelemetry: { http: { headers: [{ name: x, value: ${secret} }] } }`;
        for (const mesh of [
            secret,
            `[${secret}]`,
            `extensionProviders: { ${provider} }`,
            `accessLogFormat: "${secret} {{ .x }}"`,
        ]) {
            const { violations } = judgeTexts({ "mesh.yaml": meshConfigMap(`${mesh}\n`) });
            assert.equal(violations[0]?.rule, "configuration-readable", mesh);
            assert.ok(!JSON.stringify(violations).includes("s3cr3t"), mesh);
        }
    });

    it("name the line", () => {
        const { violations } = judgeTexts({ "mesh.yaml": meshConfigMap("enableTracing: true\naccessLogFile: [\n") });
        assert.match(violations[0]?.got ?? "", /invalid YAML in line \d/);
    });
});

describe("objects without a namespace", () => {
    it("are judged as of the namespace default, which is a note", () => {
        const { notes } = judgeTexts({ "a.yaml": SERVICE.replace(", namespace: shop", "") });
        assert.deepEqual(notes, ["checked as objects in the namespace default, because they name none: Service web"]);
    });
});
