import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineResult } from "../../lab/engine";
import { ANNOUNCED, type AnnouncedChange } from "./announced";
import { checkpoints, type Checkpoint } from "./checkpoint";
import { previewUpgrade } from "./preview";
import { RECORDED_STACKS } from "./stacks";

/*
 * Each checkpoint is the state and the stack file of an installation that the real Pulumi CLI made with an earlier version
 * of the program. The lab's engine previews this version against it, without a cluster.
 *
 * What this proves: every recorded resource is still registered under its URN or is reached by an alias, and no property
 * differs that the engine knows to force a replacement: names, namespaces, selectors, the fixed part of a volume claim,
 * the name and namespace of a Helm release. tests/contract compares the engine with the real CLI and provider.
 *
 * What it does not prove: that the API server accepts each update, what a newer chart does inside its Helm release, and
 * how long pods restart. `npm run checkpoints` installs and removes on a real cluster, but upgrades nothing.
 */

/** Replaced under a new name when their content changes, before what uses them restarts: their content is their identity. */
const REPLACED_BY_DESIGN = ["kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:Secret"];
const VERSIONS = [...new Set(checkpoints().map(({ version }) => version))];

/** What would be created, replaced and deleted of the resources in a cluster, as `replace Service jaeger-query`. */
function changes({ steps }: EngineResult): string[] {
    return steps
        .filter(({ custom }) => custom)
        .filter(({ op }) => op === "create" || op === "delete" || op === "replace")
        .filter(({ op, type }) => op !== "replace" || !REPLACED_BY_DESIGN.includes(type))
        .map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? type} ${name}`);
}

const announced = ({ version, stack }: Checkpoint): string[] =>
    ANNOUNCED.filter(({ from, stacks }) => from.includes(version) && stacks.includes(stack)).map(describeChange);
const describeChange = ({ op, resource }: AnnouncedChange): string => `${op} ${resource}`;

for (const version of VERSIONS) {
    describe(`an installation made by ${version}`, () => {
        const stacks = checkpoints().filter((checkpoint) => checkpoint.version === version);

        for (const checkpoint of stacks) {
            it(`keeps all that the stack ${checkpoint.stack} has in the cluster`, async () => {
                const result = await previewUpgrade(checkpoint);
                assert.equal(result.failed, undefined);
                assert.deepEqual(changes(result).sort(), announced(checkpoint).sort());
            });
        }
    });
}

describe("the record of earlier installations", () => {
    it("has one of each stack", () => {
        const recorded = new Set(checkpoints().map(({ stack }) => stack));
        assert.deepEqual([...recorded].sort(), Object.keys(RECORDED_STACKS).sort());
    });

    it("holds no path of a machine and no credential of a cluster", () => {
        for (const { folder } of checkpoints()) {
            for (const file of readdirSync(folder)) {
                const text = readFileSync(join(folder, file), "utf8");
                assert.doesNotMatch(
                    text,
                    /\/(home|root|Users)\/|PRIVATE KEY|BEGIN CERTIFICATE|client-(key|certificate)/,
                );
            }
        }
    });

    it("differs from this version only in what docs/upgrading.md announces", () => {
        const text = readFileSync(join(__dirname, "../../docs/upgrading.md"), "utf8");
        for (const { resource } of ANNOUNCED) assert.ok(text.includes(`\`${resource}\``), resource);
    });
});
