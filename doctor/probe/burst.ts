import type { Access, ContainerRef } from "../connection/access";
import type { Burst } from "../evidence";
import { REQUEST_LIMIT, wgetStatus, type HttpClient } from "./requests";

/** Seconds for all requests: a slow application gets fewer, and a pod of the doctor's own lives long enough. */
const BURST_SECONDS = 10;
/** Seconds that one command is to take: whoever stops waiting for it leaves it running in the pod. */
const COMMAND_SECONDS = 4;
/** Seconds after which it is not waited for any longer. */
const COMMAND_LIMIT = 20;

/** What is sent, and how fast that was seen to go. */
export interface BurstPlan {
    url: string;
    count: number;
    /** User agent that marks the requests. */
    agent: string;
    /** Milliseconds that one request took so far. */
    perRequestMs: number;
}

/** Sends requests without a decision of their own, as many as the time allows; undefined when they cannot be counted. */
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
        // What it has sent until then is not known.
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

/** Requests without a decision of their own, marked by their user agent; the first that gets no answer is the last. */
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

/** A URL for which curl asks so many times: once for each number, and it sends no fragment. */
export function numbered(url: string, count: number): string {
    // What else curl would take for a pattern is escaped.
    return `${withoutFragment(url).replace(/[[\]{}]/g, "\\$&")}#[1-${String(count)}]`;
}

/** A URL as every client sends it. */
export function withoutFragment(url: string): string {
    return url.replace(/#.*$/s, "");
}

/** HTTP statuses of the requests that {@link burstCommand} has sent; 0 for one without an answer. */
export function parseStatuses(client: HttpClient, stdout: string): number[] {
    if (client === "curl") return stdout.trim().split("\n").map(Number);
    const runs = [...stdout.matchAll(/(.*?)^exit (\d+)$/gms)];
    return runs.map(([, said = "", code]) => wgetStatus(Number(code), said));
}
