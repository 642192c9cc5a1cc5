import type { Access, ContainerRef } from "../connection/access";
import { numbered, withoutFragment } from "./burst";
import { AGENT, type HttpClient } from "./requests";

/** Share of all requests that the doctor may send, and the maximum. */
const SHARE = 0.1;
const MOST = 20;
/** Number of parallel requests, so that they use this many idle connections of all of the sidecar's threads. */
const AT_A_TIME = 10;
/** Seconds for each. */
const PATIENCE = 2;

/**
 * Sends requests that are not evaluated. After a configuration change, an idle connection between two sidecars serves
 * one more request with the old configuration. Returns the number of sent requests.
 */
export async function warmUp(
    access: Access,
    where: ContainerRef,
    client: HttpClient,
    url: string,
    requests: number,
): Promise<number> {
    const count = Math.min(MOST, Math.floor(requests * SHARE));
    const limit = (PATIENCE * count) / AT_A_TIME + 1;
    await access.exec(where, warmUpCommand(client, url, count), limit);
    return count;
}

function warmUpCommand(client: HttpClient, url: string, count: number): string[] {
    const limit = String(PATIENCE);
    if (client === "curl") {
        const many = ["-Z", "--parallel-max", String(AT_A_TIME), "--max-time", limit];
        return ["curl", "-s", "-o", "/dev/null", "-A", AGENT, ...many, numbered(url, count)];
    }
    const once = `wget -q -O /dev/null -T ${limit} -U ${AGENT} "$1"`;
    return [
        "sh",
        "-c",
        `i=0; while [ $i -lt ${String(count)} ]; do ${once} & i=$((i+1)); done; wait`,
        "sh",
        withoutFragment(url),
    ];
}
