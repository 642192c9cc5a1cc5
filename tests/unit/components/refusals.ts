import assert from "node:assert/strict";
import { ArgumentsError } from "../../../components/resolve";
import type { SettingsProblem } from "../../../components/settings/problems";

/** What a component refuses in its arguments; fails when it takes them. */
export function refusalsOf(resolve: () => unknown): SettingsProblem[] {
    let problems: SettingsProblem[] = [];
    assert.throws(resolve, (error: unknown) => {
        assert.ok(error instanceof ArgumentsError, String(error));
        problems = error.problems;
        return true;
    });
    for (const { key, expected, got, next } of problems) {
        for (const part of [key, expected, got, next]) assert.notEqual(part, "");
        assert.ok(got.length < 300, "a long value is shortened");
    }
    return problems;
}

/** Fails unless each of these values is refused in the argument, or in a field of it, and in no other one. */
export function assertRefused<Args extends object>(
    resolve: (name: string, args: Args) => unknown,
    least: Args,
    refused: { [Key in keyof Args]?: unknown[] },
): void {
    for (const [key, values] of Object.entries<unknown[] | undefined>(refused)) {
        for (const value of values ?? []) {
            const keys = refusalsOf(() => resolve("x", { ...least, [key]: value })).map((problem) => problem.key);
            const others = keys.filter((one) => one.split(/[. ]/)[0] !== key);
            assert.deepEqual(others, [], key);
        }
    }
}

/** An object that holds itself. */
export function circular(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    object["self"] = object;
    return object;
}

/** An object of so many levels. */
export function nested(levels: number): Record<string, unknown> {
    let object: Record<string, unknown> = {};
    for (let level = 0; level < levels; level++) object = { deeper: object };
    return object;
}
