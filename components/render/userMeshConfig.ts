import type { Collector } from "../collector";
import { at, deepMerge, isPlainObject, itemsAt, mapAt, type PlainObject } from "../../shared/values/plainObjects";
import { missingFields, readJsonFormat, renderLogFields, renderTraceFields } from "./accessLog";

/** The lists of a stats matcher, each of which adds statistics to those that a proxy keeps. */
export const MATCHER_LISTS = ["inclusionPrefixes", "inclusionSuffixes", "inclusionRegexps"] as const;

/** The inputs that decide the fields of an access log. */
interface LogSpec {
    istioVersion: string;
    collector: Pick<Collector, "protocol">;
}

/**
 * The program's mesh configuration, merged with the user's. In Helm, a list replaces a list. Here, the user's providers
 * and statistics are added to the program's, and a JSON log gets the fields that link a line to its trace.
 */
export function mergeMeshConfig(owned: PlainObject, user: PlainObject, spec: LogSpec): PlainObject {
    const merged = deepMerge(owned, user);
    const matcher = at(user, "defaultConfig", "proxyStatsMatcher");
    return {
        ...merged,
        extensionProviders: [...itemsAt(owned, "extensionProviders"), ...itemsAt(user, "extensionProviders")],
        ...(isPlainObject(matcher) && {
            defaultConfig: {
                ...mapAt(merged, "defaultConfig"),
                proxyStatsMatcher: joinMatchers(mapAt(owned, "defaultConfig", "proxyStatsMatcher"), matcher),
            },
        }),
        ...(merged["accessLogEncoding"] === "JSON" && { accessLogFormat: renderJsonFormat(user, spec) }),
    };
}

function joinMatchers(ours: PlainObject, users: PlainObject): PlainObject {
    const lists = MATCHER_LISTS.map(
        (name) => [name, [...new Set([...itemsAt(ours, name), ...itemsAt(users, name)])]] as const,
    );
    return { ...users, ...Object.fromEntries(lists.filter(([, entries]) => entries.length > 0)) };
}

function renderJsonFormat(user: PlainObject, { istioVersion, collector }: LogSpec): string {
    const own = readJsonFormat(user["accessLogFormat"]);
    const fields =
        own === undefined
            ? renderLogFields(istioVersion, collector.protocol)
            : { ...own, ...missingFields(own, renderTraceFields(istioVersion, collector.protocol)) };
    return JSON.stringify(fields);
}
