import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { nearest } from "../../shared/values/nearest";
import { MATCHER_LISTS } from "../render/userMeshConfig";
import { valueProblem } from "./chartValueProblem";
import { showSetting, type SettingsProblem } from "./problems";

/** The user's statistics are added to the program's. */
export const STATS_MATCHER = "meshConfig.defaultConfig.proxyStatsMatcher";

const FORM = `an object with ${MATCHER_LISTS.join(", ")}, each a list of texts`;

/** What RE2, by which Envoy reads expressions, has not. */
const NOT_IN_RE2 = /\(\?(=|!|<=|<!)|\\[1-9]|\\k</;

/** What is wrong with the statistics that the user has sidecars keep beside the program's. */
export function findMatcherProblems(mesh: PlainObject): SettingsProblem[] {
    const proxy = mesh["defaultConfig"];
    const matcher = isPlainObject(proxy) ? proxy["proxyStatsMatcher"] : undefined;
    if (matcher === undefined) return [];
    if (!isPlainObject(matcher)) {
        return [valueProblem(STATS_MATCHER, FORM, showSetting(matcher), "write it as an object")];
    }
    return Object.entries(matcher).flatMap(([name, entries]) => {
        const at = `${STATS_MATCHER}.${name}`;
        if (!MATCHER_LISTS.some((known) => known === name)) {
            // snake_case is refused by its own words.
            if (name.includes("_")) return [];
            const near = nearest(name, MATCHER_LISTS);
            const next = near === undefined ? "remove it: Istio silently drops it" : `did you mean ${near}?`;
            return [valueProblem(at, FORM, `the unknown field ${showSetting(name)}`, next)];
        }
        if (!Array.isArray(entries)) return [valueProblem(at, FORM, showSetting(entries), "write it as a list")];
        return entries.flatMap((entry: unknown, index) => entryProblems(name, entry, `${at}[${String(index)}]`));
    });
}

function entryProblems(list: string, entry: unknown, at: string): SettingsProblem[] {
    if (typeof entry !== "string" || entry === "") {
        const next = "write the start, the end or the pattern of a statistic's name, such as cluster.outbound";
        return [valueProblem(at, "text that is not empty", showSetting(entry), next)];
    }
    if (list !== "inclusionRegexps" || isRe2(entry)) return [];
    const next = "correct it: a sidecar with another expression does not start";
    return [valueProblem(at, "an RE2 expression, without look-around and back references", showSetting(entry), next)];
}

function isRe2(text: string): boolean {
    if (NOT_IN_RE2.test(text)) return false;
    try {
        // JavaScript has no flags in the middle of an expression, and another spelling of named groups.
        const spelt = text
            .replaceAll(/\(\?[imsU-]+\)/g, "")
            .replaceAll(/\(\?[imsU-]+:/g, "(?:")
            .replaceAll("(?P<", "(?<");
        new RegExp(spelt);
        return true;
    } catch {
        return false;
    }
}
