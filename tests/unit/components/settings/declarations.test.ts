import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Field } from "../../../../components/settings/field";
import { FIELDS, OBJECT_KEYS, type SettingKey } from "../../../../components/settings/fields";
import { CONFIG_KEYS, groupOf, GROUPS, membersOf } from "../../../../components/settings/groups";

interface Declared {
    type: string;
    default: unknown;
    description: string;
}

const project = parse(readFileSync(join(__dirname, "../../../../Pulumi.yaml"), "utf8")) as {
    config: Record<string, Declared>;
};

const OBJECTS: readonly string[] = [...OBJECT_KEYS, ...GROUPS];

describe("Pulumi.yaml", () => {
    it("declares every setting and no other", () => {
        assert.deepEqual(Object.keys(project.config).sort(), [...CONFIG_KEYS].sort());
    });

    it("declares the same default as the program", () => {
        for (const [key, field] of Object.entries(FIELDS)) {
            if (groupOf(key as SettingKey) !== undefined) continue;
            assert.deepEqual(project.config[key]?.default, field.default, key);
        }
        for (const group of GROUPS) assert.deepEqual(project.config[group]?.default, {}, group);
    });

    it("declares objects as objects and everything else as text, so that the program can say what is wrong", () => {
        for (const [key, declared] of Object.entries(project.config)) {
            assert.equal(declared.type, OBJECTS.includes(key) ? "object" : "string", key);
        }
    });

    it("describes every setting, of a group by naming what is in it", () => {
        for (const [key, declared] of Object.entries(project.config)) {
            assert.ok(declared.description.length > 20, key);
        }
        for (const group of GROUPS)
            for (const name of membersOf(group))
                assert.match(project.config[group]?.description ?? "", new RegExp(`\\b${name}\\b`));
        for (const [path, field] of Object.entries<Field>(FIELDS))
            assert.equal(field.meaning !== undefined, groupOf(path as SettingKey) !== undefined, path);
    });
});
