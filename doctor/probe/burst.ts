import type { Access, ContainerRef } from "../connection/access";
import type { Burst } from "../evidence";
import { REQUEST_LIMIT, wgetStatus, type HttpClient } from "./requests";

/**
 * Time limit for all requests, in seconds. A slow application gets fewer requests, and the doctor's own pod lives long
 * enough.
 */
const BURST_SECONDS = 10;
/** Planned time of one command, in seconds. If the doctor stops waiting, the command keeps running in the pod. */
const COMMAND_SECONDS = 4;
/** Time limit of one command, in seconds. */
const COMMAND_LIMIT = 20;

/** The requests to send, and their measured speed. */
export interface BurstPlan {
    url: string;
    count: number;
    /** User agent that marks the requests. */
    agent: string;
    /** Measured time of one request, in milliseconds. */
    perRequestMs: number;
}

/** Sends as many requests without a sampling decision as the time allows; undefined if they cannot be counted. */
export async function sendBurst(
    access: Access,
    where: ContainerRef,
    client: HttpClient,
    { url, count, agent, perRequestMs }: BurstPlan,
): Promise<Burst | undefined> {
    const end = performance.now() + BURST_SECONDS * 1000;
    const statuses: number[] = [];
    let pace = perRequestMs;
    while (statuses.length < count && performance.now() < end) {
        const slice = Math.min(Math.max(1, Math.floor((COMMAND_SECONDS * 1000) / pace)), count - statuses.length);
        const begun = performance.now();
        const fact = await access.exec(where, burstCommand(client, url, slice, agent), COMMAND_LIMIT);
        // The number of requests until then is unknown.
        if ("failure" in fact) return undefined;
        const answered = parseStatuses(client, fact.value.stdout);
        statuses.push(...Array.from({ length: slice }, (_, index) => answered[index] ?? 0));
        pace = (performance.now() - begun) / slice;
    }
    if (statuses.length === 0) return undefined;
    const answered = statuses.filter((status) => status > 0);
    const failed = statuses.length - answered.filter((status) => status < 500).length;
    return { sent: statuses.length, answered: answered.length, failed, traces: undefined };
}

/** Requests without a sampling decision, marked by their user agent. The first one without an answer is the last. */
export function burstCommand(client: HttpClient, url: string, count: number, agent: string): string[] {
    const seconds = String(REQUEST_LIMIT);
    if (client === "curl") {
        const quiet = ["-s", "-o", "/dev/null", "-w", "%{http_code}\n"];
        return ["curl", ...quiet, "--fail-early", "--max-time", seconds, "-A", agent, numbered(url, count)];
    }
    const once = `wget -S -O /dev/null -T ${seconds} -U '${agent}' "$1" 2>&1; echo "exit $?"`;
    return [
        "sh",
        "-c",
        `i=0; while [ $i -lt ${String(count)} ]; do ${once}; i=$((i+1)); done`,
        "sh",
        withoutFragment(url),
    ];
}

/** A URL that curl requests this many times: once for each number in the fragment, which it does not send. */
export function numbered(url: string, count: number): string {
    // Other characters of curl's patterns are escaped.
    return `${withoutFragment(url).replace(/[[\]{}]/g, "\\$&")}#[1-${String(count)}]`;
}

/** A URL without its fragment, as clients send it. */
export function withoutFragment(url: string): string {
    return url.replace(/#.*$/s, "");
}

/** HTTP statuses of the requests of {@link burstCommand}; 0 for one without an answer. */
export function parseStatuses(client: HttpClient, stdout: string): number[] {
    if (client === "curl") return stdout.trim().split("\n").map(Number);
    const runs = [...stdout.matchAll(/(.*?)^exit (\d+)$/gms)];
    return runs.map(([, said = "", code]) => wgetStatus(Number(code), said));
}
