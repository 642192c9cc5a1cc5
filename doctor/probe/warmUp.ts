import type { Access, ContainerRef } from "../connection/access";
import { numbered, withoutFragment } from "./burst";
import { AGENT, type HttpClient } from "./requests";

/** Of all requests that the doctor may send, and at most. */
const SHARE = 0.1;
const MOST = 20;
/** Requests at a time: so many idle connections, of any of the sidecar's threads, are used at once. */
const AT_A_TIME = 10;
/** Seconds for each. */
const PATIENCE = 2;

/**
 * Sends requests that count for nothing: after a change of configuration, a connection that idles between two sidecars
 * serves one more request as before. Answers how many it has sent.
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
