import { at, type PlainObject } from "../../shared/values/plainObjects";
import { BACKEND_PATH, isSearchStorage, type JaegerStorage } from "../storage";
import { showSetting, type SettingsProblem } from "./problems";

/** How the names of indices end that Jaeger's cleaner knows, as Go writes a date. */
const DAILY = /^2006-01-02/;

/** Jaeger's kinds of indices, as its configuration names them. */
const INDICES = ["spans", "services", "dependencies", "sampling"];

/**
 * Further configuration with which Jaeger writes indices whose names its cleaner does not know. It would delete none of
 * them, and end without an error.
 *
 * Source: https://github.com/jaegertracing/jaeger/blob/v2.13.0/cmd/es-index-cleaner/app/index_filter.go
 */
export function findRetentionProblems(storage: JaegerStorage, config: PlainObject): SettingsProblem[] {
    if (!isSearchStorage(storage) || storage.retentionHours === undefined) return [];
    const backend = [...BACKEND_PATH, storage.type];
    const problem = (path: string[], expected: string, next: string): SettingsProblem[] => {
        const value = at(config, ...backend, ...path);
        const key = `jaeger.config.${[...backend, ...path].join(".")}`;
        return [{ key, expected, got: showSetting(value), next }];
    };
    const isOn = (name: string): boolean =>
        ![undefined, null, false].some((off) => off === at(config, ...backend, name));
    const rolled = ["use_ilm", "use_aliases"].filter(isOn);
    const otherwise = INDICES.map((kind) => ["indices", kind, "date_layout"]).filter((path) => {
        const layout = at(config, ...backend, ...path) ?? "";
        return layout !== "" && !(typeof layout === "string" && DAILY.test(layout));
    });
    const isPrefixed =
        storage.indexPrefix === undefined && (at(config, ...backend, "indices", "index_prefix") ?? "") !== "";
    return [
        ...rolled.flatMap((name) =>
            problem(
                [name],
                "nothing here with jaeger.storage.retentionHours, whose job deletes daily indices, not rolled-over " +
                    "ones",
                `remove ${name}, or remove jaeger.storage.retentionHours and let the server's lifecycle policy delete`,
            ),
        ),
        ...otherwise.flatMap((path) =>
            problem(
                path,
                "2006-01-02 with jaeger.storage.retentionHours, whose job recognizes indices by that date in their " +
                    "names",
                "remove date_layout, or remove jaeger.storage.retentionHours and delete old indices another way",
            ),
        ),
        ...(isPrefixed
            ? problem(
                  ["indices", "index_prefix"],
                  "nothing here with jaeger.storage.retentionHours, whose job would look for indices without the prefix",
                  "set jaeger.storage.indexPrefix instead",
              )
            : []),
    ];
}
