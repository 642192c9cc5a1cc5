import { imageTag } from "../../checks/workload/images";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { scaledRoles, type JaegerRoles } from "../roles";
import { BACKEND_PATH, customBackend, type JaegerStorage } from "../storage";
import type { SettingsProblem } from "./problems";

/** Storages that only one process can have. */
const UNSHARED = ["memory", "badger"];

/** What is compared: a storage, Jaeger's image, and whether several pods of it share the storage. */
export interface SharedStorage {
    storage: JaegerStorage;
    roles: JaegerRoles | undefined;
    /** Additional configuration for Jaeger. */
    config: PlainObject;
    image: string;
}

/** Roles with a storage that only one pod can have, and a storage that this Jaeger cannot search. */
export function findSharingProblems({ storage, roles, config, image }: SharedStorage): SettingsProblem[] {
    const backend = customBackend(config);
    const kinds = storage.type === "custom" ? (isPlainObject(backend) ? Object.keys(backend) : []) : [storage.type];
    const unshared = kinds.find((kind) => UNSHARED.includes(kind));
    return [
        ...(roles === undefined || unshared === undefined ? [] : [rolesProblem(unshared, roles)]),
        ...(kinds.includes("clickhouse") ? clickhouseProblems(storage, image) : []),
    ];
}

function rolesProblem(kind: string, roles: JaegerRoles): SettingsProblem {
    const pods = scaledRoles(roles).reduce((sum, { scale }) => sum + scale.max, 0);
    return {
        key: "jaeger.roles",
        expected: `nothing here with the storage ${kind}, which only one pod can use`,
        got: `up to ${String(pods)} pods, whose traces the query server would not find`,
        next: "remove jaeger.roles, or set jaeger.storage to an elasticsearch, opensearch, cassandra, clickhouse or remote that all pods share",
    };
}

/** What Jaeger's releases cannot do with ClickHouse, which they would tell in their log, or at the first search. */
function clickhouseProblems(storage: JaegerStorage, image: string): SettingsProblem[] {
    const problem = (key: string, minor: number, why: string, next: string): SettingsProblem[] =>
        isOlder(image, minor)
            ? [{ key, expected: `Jaeger 2.${String(minor)} or newer, because ${why}`, got: image, next }]
            : [];
    if (storage.type !== "clickhouse") {
        return problem(
            `jaeger.config.${BACKEND_PATH.join(".")}.clickhouse`,
            14,
            "older ones cannot search ClickHouse: every search ends with a panic",
            "set images.jaeger to 2.18 or newer, which also has a retention (ttl), or choose another storage",
        );
    }
    const tooOld = problem(
        "jaeger.storage.type",
        18,
        "older ones cannot search ClickHouse, or never delete a span there",
        "set images.jaeger to 2.18 or newer, or choose another storage",
    );
    if (tooOld.length > 0 || storage.tls === undefined) return tooOld;
    return problem(
        "jaeger.storage.tls",
        19,
        "older ones have no TLS for ClickHouse",
        "set images.jaeger to 2.19 or newer, or remove jaeger.storage.tls",
    );
}

/** True for a release of Jaeger before this one of version 2. */
function isOlder(image: string, than: number): boolean {
    const [, major, minor] = /^v?(\d+)\.(\d+)(\.|-|$)/.exec(imageTag(image) ?? "") ?? [];
    return Number(major) < 2 || (Number(major) === 2 && Number(minor) < than);
}
