import type { PodObject } from "../../shared/kubernetes/objects";
import { SIDECAR_CONTAINER } from "../../shared/names/istio";
import { isPlainObject, parseJson } from "../../shared/values/plainObjects";
import type { Access } from "../connection/access";
import { fullName, sidecarOf } from "../inventory/mesh";
import type { ProbeIds } from "../probe/requests";
import { endlessInLog, type EndlessTrace } from "./endlessTraces";
import { fixedInLog, type FixedContext } from "./fixedContext";
import { readLogLine, type LoggedRequest } from "./logLine";
import { readPodLog } from "./podLog";

/** The last minute of the access logs of the path's sidecars. */
export interface LogEvidence {
    /** Lines of the probes, by pod. */
    lines: Record<string, string[]>;
    /** IP addresses with a port in these lines, by pod: those of clients and of servers. */
    addresses: Record<string, string[]>;
    /** Envoy's response flags of the first of these lines that has any. */
    responseFlags: string | undefined;
    /** Request IDs of other requests, of any shape, each once. */
    otherIds: string[];
    /** The probes in the log of the sending pod. */
    answers: LoggedRequest[];
    /**
     * How many other requests the first pod recorded, and how many it did not, if its log contains their trace context.
     */
    others: { recorded: number; unrecorded: number };
    /** Traces that many requests share. */
    endless: EndlessTrace[];
    /** Trace IDs that applications send whatever they receive, from the logs of the target's pods. */
    fixed: FixedContext[];
    /** Pods whose log is so long that only the newest part was read. */
    cut: string[];
}

/** Limits for one log. A busy sidecar writes thousands of lines a second. */
export const LOG_BOUNDS = { seconds: 60, lines: 5000, bytes: 4 * 2 ** 20 };

/** Reads the access logs of pods. Pods without a sidecar, or with a log that the user may not read, have no lines. */
export async function readLogs(access: Access, pods: PodObject[], probes: ProbeIds[]): Promise<LogEvidence> {
    const ids = probes.flatMap(({ traceId, requestId }) => [traceId, requestId]);
    const entries = await Promise.all(
        pods.map(async (pod) => {
            const { seconds, lines: most, bytes } = LOG_BOUNDS;
            // The newest lines, because the probes are among them. limitBytes alone would keep the oldest.
            const which = `container=${SIDECAR_CONTAINER}&sinceSeconds=${String(seconds)}&tailLines=${String(most)}&limitBytes=${String(bytes)}`;
            const text = sidecarOf(pod) === undefined ? "" : await readPodLog(access, pod, which);
            const lines = text.split("\n");
            const all = lines.map(readLogLine);
            const isOwn = lines.map((line) => ids.some((id) => line.includes(id)));
            const own = lines.filter((_, index) => isOwn[index]);
            const others = all.filter((_, index) => isOwn[index] !== true);
            const cut = lines.length > most || Buffer.byteLength(text) >= bytes;
            return { name: fullName(pod), own, others, all, ids: requestIdsOf(lines, probes), cut };
        }),
    );
    const requestIds = probes.map(({ requestId }) => requestId);
    const [first] = entries;
    const counted = (recorded: boolean): number =>
        (first?.others ?? []).filter((request) => request.recorded === recorded).length;
    const traceIds = probes.map(({ traceId }) => traceId);
    return {
        lines: Object.fromEntries(entries.map(({ name, own }) => [name, own])),
        addresses: Object.fromEntries(entries.map(({ name, own }) => [name, addressesIn(own)])),
        responseFlags: entries.flatMap(({ own }) => own.flatMap((line) => flagsOf(line) ?? []))[0],
        answers: (first?.own ?? []).map(readLogLine),
        others: { recorded: counted(true), unrecorded: counted(false) },
        endless: entries.flatMap(({ name, others }) => endlessInLog(name, others, traceIds)),
        // The first pod's application is not part of the path.
        fixed: entries.slice(1).flatMap(({ name, all }) => fixedInLog(name, all, probes)),
        otherIds: [...new Set(entries.flatMap((entry) => entry.ids))].filter((id) => !requestIds.includes(id)),
        cut: entries.filter(({ cut }) => cut).map(({ name }) => name),
    };
}

/**
 * The request IDs of an access log of any format: they have the same position in each line as a probe's ID in its own.
 */
export function requestIdsOf(lines: string[], probes: Pick<ProbeIds, "requestId">[]): string[] {
    for (const { requestId } of probes) {
        const line = lines.find((candidate) => candidate.includes(requestId));
        if (line === undefined) continue;
        const words = wordsOf(line);
        const place = words.findIndex((word) => word.includes(requestId));
        const [before = "", after = ""] = words[place]?.split(requestId) ?? [];
        return lines.flatMap((other) => {
            const all = wordsOf(other);
            const word = all[place];
            // A line of another shape is not about a request.
            if (word === undefined || all.length !== words.length) return [];
            if (!word.startsWith(before) || !word.endsWith(after)) return [];
            const id = word.slice(before.length, word.length - after.length);
            return id === "-" || id === "" || id === "null" ? [] : [id];
        });
    }
    return [];
}

/** IP addresses with a port in lines of an access log of any format. */
export function addressesIn(lines: string[]): string[] {
    return lines.flatMap((line) => line.match(/\d+(\.\d+){3}(?=:\d)/g) ?? []);
}

/** The response flags in a line of the program's own access log, in either encoding, if there are any. */
export function flagsOf(line: string): string | undefined {
    const found = /" (?:\d{3}|0) ([A-Z][A-Za-z,]+) |"response_flags":"([A-Z][A-Za-z,]+)"/.exec(line);
    return found?.[1] ?? found?.[2];
}

function wordsOf(line: string): string[] {
    if (!line.startsWith("{")) return line.match(/"[^"]*"|\S+/g) ?? [];
    const fields = parseJson(line);
    if (!isPlainObject(fields)) return [];
    return Object.keys(fields)
        .sort()
        .map((key) => JSON.stringify(fields[key]))
        .map((word) => word.replace(/^"(.*)"$/s, "$1"));
}
