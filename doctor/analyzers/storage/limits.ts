import { tracesThatFit } from "../../../checks/jaeger/traceMemory";
import { parseQuantity } from "../../../shared/kubernetes/quantities";
import { secondsOf } from "../../../shared/values/duration";
import { at, mapAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import { nameOfFile } from "../../inventory/collectorPipelines";
import { effectiveConfigOf, type EffectiveConfig } from "../../inventory/effectiveConfig";
import { editFile } from "../../remediation/collectorFile";
import { changeSetting } from "../../remediation/containerSetting";
import type { Command } from "../../remediation/commands";
import type { Draft } from "../draft";

/** A limit of Jaeger's storage, after which it drops traces. */
export interface StorageLimit {
    /** The file or the workload with the limit. */
    resource: string;
    key: string;
    /** As written, such as `100` or `5s`. */
    value: string;
    /** The number of traces, or the time in seconds, that it keeps. */
    keeps: { traces: number } | { seconds: number };
    cure: string;
    commands: Command[];
}

/** Time for spans to leave a sidecar and to be searched, in seconds. */
const SEARCHED_SECONDS = 5;
/** A trace of the mesh has fewer spans than this, on average. */
const SPANS_PER_TRACE = 10;
/** The default of Badger in Jaeger. */
const TTL = "72h";

/** The limits of Jaeger's storage, in its file or in its container. */
export function limitsOf(evidence: Evidence): StorageLimit[] {
    const source = effectiveConfigOf(evidence);
    if (source === undefined) return [];
    const parents = ["extensions", "jaeger_storage", "backends"];
    return Object.keys(mapAt(source.config, ...parents)).flatMap((name) => [
        ...tracesIn(source, [...parents, name, "memory", "max_traces"], evidence),
        ...timeIn(source, [...parents, name, "badger", "ttl", "spans"], evidence),
    ]);
}

function tracesIn(source: EffectiveConfig, keys: string[], evidence: Evidence): StorageLimit[] {
    const value = at(source.config, ...keys);
    if (typeof value !== "number") return [];
    const containers = evidence.collector?.pods[0]?.spec?.containers ?? [];
    const [memory] = containers.flatMap(({ resources }) => parseQuantity(String(resources?.limits?.["memory"])) ?? []);
    const fits = tracesThatFit(memory);
    const raised = fits > value ? fits : undefined;
    const cure = "(stack setting: jaeger.maxTraces), or store traces on a disk (stack setting: jaeger.storage).";
    return [
        {
            ...limitAt(source, keys, String(value), raised === undefined ? undefined : String(raised), evidence),
            keeps: { traces: value },
            cure:
                raised === undefined
                    ? `More than ${keys.at(-1) ?? ""} do not fit into its memory. Raise both ${cure}`
                    : `Set ${keys.join(".")} to ${String(raised)}, which fit into its memory ${cure}`,
        },
    ];
}

function timeIn(source: EffectiveConfig, keys: string[], evidence: Evidence): StorageLimit[] {
    const value = at(source.config, ...keys);
    const seconds = typeof value === "string" ? secondsOf(value) : 0;
    if (typeof value !== "string" || seconds === 0) return [];
    return [
        {
            ...limitAt(source, keys, value, TTL, evidence),
            keeps: { seconds },
            cure: `Set ${keys.join(".")} to the time for which you want to find traces, such as ${TTL} (stack setting: jaeger.storage.retentionHours).`,
        },
    ];
}

/** Where a limit is written, and the commands that change it there. */
function limitAt(
    source: EffectiveConfig,
    keys: string[],
    value: string,
    changed: string | undefined,
    evidence: Evidence,
): Pick<StorageLimit, "resource" | "key" | "value" | "commands"> {
    const { subject, file, origins } = source;
    const key = keys.join(".");
    const setting = origins?.[key];
    const limit = { resource: subject.resource, key, value, commands: [] };
    if (setting !== undefined) {
        const { resource, commands } = changeSetting(setting, changed ?? value, evidence);
        return { ...limit, resource: resource ?? limit.resource, commands: changed === undefined ? [] : commands };
    }
    if (file === undefined || changed === undefined) return limit;
    const number = Number(changed);
    const edit = { keys, value: Number.isNaN(number) ? changed : number };
    return { ...limit, resource: nameOfFile(file), commands: editFile(file, [edit], evidence.collector?.pods ?? []) };
}

/** A storage that keeps fewer traces, or for a shorter time, than it takes to find the probes' traces. */
export function insufficientStorage(evidence: Evidence): Omit<Draft, "id" | "values" | "expected"> | undefined {
    const { probes, burst, collectorCounts, waitedMs } = evidence;
    const growth = growthOf(collectorCounts);
    const accepted = "value" in growth ? growth.value.accepted : 0;
    const own = probes.length + (burst?.sent ?? 0);
    const least = Math.max(own, Math.ceil(accepted / SPANS_PER_TRACE));
    const searched = (waitedMs ?? 0) / 1000 + SEARCHED_SECONDS;
    for (const { resource, key, value, keeps, cure, commands } of limitsOf(evidence)) {
        const few = "traces" in keeps && keeps.traces < least;
        const short = "seconds" in keeps && keeps.seconds < searched;
        if (!few && !short) continue;
        return {
            resource,
            got: few
                ? `${key} is ${value}, fewer than the ${String(least)} traces since the probes`
                : `${key} is ${value}, less than the ${String(Math.round(searched))} s in which the doctor searched`,
            cure,
            commands,
            standing: true,
        };
    }
    return undefined;
}
