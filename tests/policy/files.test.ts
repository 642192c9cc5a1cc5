import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readManifests } from "../../cli/policy/files";
import { parseManifests } from "../../cli/policy/manifests";

describe("files of manifests", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "manifests-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });
    const file = (name: string, text: string): string => {
        writeFileSync(join(folder, name), text);
        return join(folder, name);
    };

    it("may hold several documents, empty ones among them, and lists of objects", () => {
        const list = "apiVersion: v1\nkind: List\nitems: [{ apiVersion: v1, kind: Service, metadata: { name: a } }]";
        const typed = '{ "apiVersion": "v1", "kind": "ServiceList", "items": [{ "metadata": { "name": "b" } }] }';
        const single = "apiVersion: v1\nkind: Namespace\nmetadata: { name: c }";
        const objects = parseManifests(`---\n${list}\n---\n# nothing here\n---\n${typed}\n---\n${single}\n`);
        assert.deepEqual(
            objects.map(({ kind, metadata }) => [kind, (metadata as { name: string }).name]),
            [
                ["Service", "a"],
                ["Service", "b"],
                ["Namespace", "c"],
            ],
        );
    });

    it("that cannot be used are all named at once, each with what was expected and what was got", () => {
        const files = [
            join(folder, "missing.yaml"),
            folder,
            file("empty.yaml", "\n"),
            file("comments.yaml", "# nothing\n"),
            file("broken.yaml", "kind: Service\n  apiVersion: v1\n"),
            file("text.yaml", "just text\n"),
            file("list.yaml", "apiVersion: v1\nkind: List\nitems: { a: 1 }\n"),
            file("values.yaml", "a: 1\n---\nb: 2\n"),
            file("huge.yaml", "#".repeat(17 * 2 ** 20)),
            file(
                "bomb.yaml",
                `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh".replace(/./g, (k) => `${k}: &${k} [${`*${String.fromCharCode(k.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
            ),
        ];
        assert.throws(
            () => readManifests(files),
            (error: Error) => {
                const lines = error.message.split("\n");
                const about = (name: string): string => lines.find((line) => line.includes(name)) ?? "";
                assert.match(about("missing.yaml"), /expected an existing file, got no such file/);
                assert.match(error.message, /expected a file, got a folder/);
                assert.match(about("empty.yaml"), /expected Kubernetes objects, got nothing/);
                assert.match(about("comments.yaml"), /got only comments/);
                assert.match(about("broken.yaml"), /expected valid YAML, got an error: .* at line 1, column 7$/);
                assert.match(about("text.yaml"), /without apiVersion and kind/);
                assert.match(about("list.yaml"), /expected a list of objects in items, got none/);
                assert.match(about("values.yaml"), /document 1: expected a Kubernetes object/);
                assert.match(about("huge.yaml"), /at most 16 MiB, got 17\.0 MiB/);
                assert.match(about("bomb.yaml"), /alias/);
                assert.equal((error as { exitCode?: number }).exitCode, 2);
                return true;
            },
        );
    });
});
