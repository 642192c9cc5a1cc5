import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { FIELDS, OBJECT_KEYS } from "../../../../components/settings/fields";

interface Declared {
    type: string;
    default: unknown;
    description: string;
}

const project = parse(readFileSync(join(__dirname, "../../../../Pulumi.yaml"), "utf8")) as {
    config: Record<string, Declared>;
};

describe("Pulumi.yaml", () => {
    it("declares every setting and no other", () => {
        assert.deepEqual(Object.keys(project.config).sort(), Object.keys(FIELDS).sort());
    });

    it("declares the same default as the program", () => {
        for (const [key, field] of Object.entries(FIELDS)) {
            assert.deepEqual(project.config[key]?.default, field.default, key);
        }
    });

    it("declares objects as objects and everything else as text, so that the program can say what is wrong", () => {
        for (const [key, declared] of Object.entries(project.config)) {
            assert.equal(declared.type, (OBJECT_KEYS as readonly string[]).includes(key) ? "object" : "string", key);
        }
    });

    it("describes every setting", () => {
        for (const [key, declared] of Object.entries(project.config)) {
            assert.ok(declared.description.length > 20, key);
        }
    });
});
