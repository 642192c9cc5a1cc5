import type { SettingsProblem } from "./problems";

/** A problem at a path of the istiod chart's values. */
export function valueProblem(path: string, expected: string, got: string, next: string): SettingsProblem {
    return { key: valueKey(path), expected, got, next };
}

/** The name that messages have for a path of the istiod chart's values. */
export function valueKey(path: string): string {
    return `istio.values.${path}`;
}
