import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { loadStackConfig, ownSettings, stackNames } from "../../cli/stackConfig";
import { planProgram } from "../../plan";

const PROJECT = join(__dirname, "../..");
const REGENERATE = process.env["UPDATE_GOLDEN"] === "1";

/** File name to content, one file for each resource that the stack registers with a provider. */
async function render(stack: string): Promise<Record<string, string>> {
    const { resources } = await planProgram(ownSettings(loadStackConfig(PROJECT, stack)), stack);
    return Object.fromEntries(
        resources
            .filter((resource) => resource.type.startsWith("kubernetes:"))
            .map(({ type, name, inputs }) => [
                `${type.split(":").pop() ?? type}-${name}.yaml`,
                stringify(plain(inputs), { sortMapEntries: true, lineWidth: 0 }),
            ]),
    );
}

/** Jaeger's configuration travels as text; golden files show its lines. */
function plain(inputs: Record<string, unknown>): unknown {
    const data = inputs["data"] as Record<string, string> | undefined;
    if (data?.["config.yaml"] === undefined) return inputs;
    return { ...inputs, data: { "config.yaml": parse(data["config.yaml"]) as unknown } };
}

for (const stack of stackNames(PROJECT)) {
    const folder = join(__dirname, stack);
    describe(`the stack ${stack}`, () => {
        let rendered: Record<string, string>;
        before(async () => {
            rendered = await render(stack);
            if (REGENERATE) {
                rmSync(folder, { recursive: true, force: true });
                mkdirSync(folder);
                for (const [file, text] of Object.entries(rendered)) writeFileSync(join(folder, file), text);
            }
        });

        it("renders the chart values, Telemetry, Jaeger configuration and manifests that are on record", () => {
            assert.ok(existsSync(folder), `no record of ${stack}: run "npm run golden" and read what it writes`);
            assert.deepEqual(readdirSync(folder).sort(), Object.keys(rendered).sort());
            for (const [file, text] of Object.entries(rendered)) {
                assert.equal(
                    text,
                    readFileSync(join(folder, file), "utf8"),
                    `${stack}/${file} ("npm run golden" records)`,
                );
            }
        });
    });
}
