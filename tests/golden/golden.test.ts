import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { loadStackConfig, ownSettings, stackNames } from "../../shared/stacks/stackConfig";
import { setPaths } from "../../shared/stacks/settingPaths";
import { planProgram } from "../../plan";
import { VARIANTS } from "./variants";

const PROJECT = join(__dirname, "../..");
const REGENERATE = process.env["UPDATE_GOLDEN"] === "1";

/** File name to content, one file for each resource that the stack registers with a provider. */
async function render(stack: string, further: Record<string, string> = {}): Promise<Record<string, string>> {
    const config = setPaths(ownSettings(loadStackConfig(PROJECT, stack)), further);
    const { resources } = await planProgram(config, stack);
    return Object.fromEntries(
        resources
            .filter((resource) => /^kubernetes(-cert-manager)?:/.test(resource.type))
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

/** What of a variant is not as the stack's own record has it. */
async function renderVariant(stack: string, further: Record<string, string>): Promise<Record<string, string>> {
    const record = (file: string): string => join(__dirname, stack, file);
    const isNew = ([file, text]: [string, string]): boolean =>
        !existsSync(record(file)) || readFileSync(record(file), "utf8") !== text;
    return Object.fromEntries(Object.entries(await render(stack, further)).filter(isNew));
}

function recorded(name: string, renderAll: () => Promise<Record<string, string>>): void {
    const folder = join(__dirname, name);
    describe(name, () => {
        let rendered: Record<string, string>;
        before(async () => {
            rendered = await renderAll();
            if (REGENERATE) {
                rmSync(folder, { recursive: true, force: true });
                mkdirSync(folder);
                for (const [file, text] of Object.entries(rendered)) writeFileSync(join(folder, file), text);
            }
        });

        it("renders the chart values, Telemetry, Jaeger configuration and manifests that are on record", () => {
            assert.ok(existsSync(folder), `no record of ${name}: run "npm run golden" and read what it writes`);
            assert.deepEqual(readdirSync(folder).sort(), Object.keys(rendered).sort());
            for (const [file, text] of Object.entries(rendered)) {
                assert.equal(
                    text,
                    readFileSync(join(folder, file), "utf8"),
                    `${name}/${file} ("npm run golden" records)`,
                );
            }
        });
    });
}

describe("the stack", () => {
    for (const stack of stackNames(PROJECT)) recorded(stack, () => render(stack));
});

describe("the stack with further settings", () => {
    for (const [name, { stack, config }] of Object.entries(VARIANTS)) {
        recorded(name, () => renderVariant(stack, config));
    }
});
