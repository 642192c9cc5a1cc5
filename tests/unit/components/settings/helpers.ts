import assert from "node:assert/strict";
import { resolveSettings, type Settings } from "../../../../components/settings";
import { SettingsError, type SettingsProblem } from "../../../../components/settings/problems";
import { setPaths } from "../../../../shared/stacks/settingPaths";

/** The problems of a configuration, by path; fails when it is accepted. */
export function problemsOf(raw: Record<string, string>): SettingsProblem[] {
    let problems: SettingsProblem[] = [];
    assert.throws(
        () => resolveSettings(setPaths({}, raw)),
        (error: unknown) => {
            assert.ok(error instanceof SettingsError);
            problems = error.problems;
            return true;
        },
        `accepted: ${JSON.stringify(raw)}`,
    );
    for (const problem of problems) {
        for (const part of [problem.key, problem.expected, problem.got, problem.next]) assert.notEqual(part, "");
    }
    return problems;
}

/** The settings of a configuration, by path, that is expected to be accepted. */
export function settingsOf(raw: Record<string, string>): Settings {
    return resolveSettings(setPaths({}, raw));
}
