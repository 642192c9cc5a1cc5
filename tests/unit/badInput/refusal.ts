import assert from "node:assert/strict";
import { mustBeEncrypted } from "../../../components/settings/misplacedSecrets";
import type { SettingsError } from "../../../components/settings/problems";
import { planProgram, type PlannedResource } from "../../../plan";
import { setPaths } from "../../../shared/stacks/settingPaths";

/** What is wrong, the configuration by path, the setting that the error names, and what its `expected` says. */
export type BadConfiguration = [what: string, config: Record<string, string>, key: string, expected: RegExp];

/** Fails unless a preview refuses the configuration for one setting, before any resource is registered. */
export async function assertRefused(
    [, config, key, expected]: BadConfiguration,
    encrypted: string[] = Object.keys(config).filter(mustBeEncrypted),
): Promise<void> {
    const registered: PlannedResource[] = [];
    const error = await planProgram(setPaths({}, config), "test", registered, encrypted).then(
        () => assert.fail("accepted"),
        (reason: unknown) => reason as SettingsError,
    );
    assert.equal(error.name, "SettingsError", error.stack);
    assert.deepEqual(registered, []);
    const problem = error.problems.find((one) => one.key === key);
    assert.ok(problem, `${key} is not among ${error.problems.map((one) => one.key).join(", ")}`);
    assert.match(problem.expected, expected);
    for (const part of [problem.got, problem.next]) assert.ok(part.length > 0 && part.length < 600, part);
    // One mistake gives one message, but for a value that is there twice.
    assert.ok(error.problems.length <= 2, error.message);
}
