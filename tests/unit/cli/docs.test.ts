import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { nestedFields } from "../../../cli/docs/fields";
import { GENERATED } from "../../../cli/docs/index";
import type { Field } from "../../../components/settings/field";
import { FIELDS } from "../../../components/settings/fields";

describe("npm run docs", () => {
    for (const [file, render] of Object.entries(GENERATED)) {
        it(`has written ${file} as it would now`, async () => {
            const committed = readFileSync(join(__dirname, "../../..", file), "utf8");
            assert.ok(committed === (await render()), `${file} is out of date: run "npm run docs" and read git diff`);
        });
    }

    it("lists objects, lists and maps field by field, with what each takes and means", () => {
        const size = z.string({ error: "a size" }).describe("How big it is.");
        const schema = z.record(
            z.string(),
            z.strictObject({ volume: z.strictObject({ size }).optional(), sizes: z.array(size.default("1Gi")) }),
        );
        const said = { expected: "a size", meaning: "How big it is." };
        assert.deepEqual(nestedFields(schema), [
            { path: "<name>.volume.size", required: true, preset: undefined, ...said },
            { path: "<name>.sizes[]", required: false, preset: "1Gi", ...said },
        ]);
    });

    it("finds words of the program's own for what each field of a setting takes", () => {
        for (const [key, field] of Object.entries<Field>(FIELDS)) {
            for (const { path, expected } of nestedFields(field.schema)) {
                assert.doesNotMatch(expected ?? "", /^Invalid|^Unrecognized|^Too /, `${key}.${path}`);
            }
        }
    });
});
