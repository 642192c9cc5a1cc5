import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { parseDocuments } from "../../cli/policy/documents";

const STREAMS = {
    "a template's braces in one document of several": 'a: 1\n---\n# nothing\n---\nb: "{{x}}"\n---\n',
    "an alias in the second document": "---\n---\nb: &x 1\nc: *x\n",
    "comments before the first document": "# only {{ a comment\n---\nb: &x 1\nc: *x\n...\n",
    "a marker with what follows it in the same line": "--- &x 1\n--- |\n  {{ kept }}\n  ---\n--- {a: 1}\n",
    "a directive": '%YAML 1.2\n---\na: "{{"\n',
    "operators of a rule that look like an anchor": "rule: 0 < self && self <= 1\n---\ntext: |\n  a\n  * b\n",
};

describe("a stream of YAML documents", () => {
    for (const [what, text] of Object.entries(STREAMS)) {
        it(`with ${what} gives what YAML says`, () => {
            const expected = [...parseAllDocuments(text)].map((document) => document.toJS() as unknown);
            assert.deepEqual(parseDocuments(text), expected);
        });
    }

    it("with a fault in one document names it, whatever the others hold", () => {
        assert.throws(() => parseDocuments('a: "{{x}}"\n---\nb: [\n---\nc: 1\n'), /document 2: /);
    });
});
