import { UserError } from "../../shared/terminal/errors";
import type { Access } from "../connection/access";
import { fullName } from "../inventory/mesh";
import { sendBurst } from "../probe/burst";
import { appContainer, tryCommand, type ProbePath } from "../probe/path";
import { FOREIGN_REQUESTS, sendForeignIds } from "../probe/requestIds";
import { AGENT, freshIds, sendProbes, type HttpClient } from "../probe/requests";
import { warmUp } from "../probe/warmUp";
import type { Burst, Evidence, ProbeRun } from ".";

/** Number of probes that must arrive. More than one, because a single stray root proves nothing. */
const PROBES = 3;
/** If an answer takes longer, in milliseconds, the doctor sends no requests with special request IDs. */
const QUICK_MS = 500;

/** Probes whose traces must arrive, and a burst for which the mesh decides the sampling. */
export async function sendRequests(
    access: Access,
    { source, url }: ProbePath,
    client: HttpClient,
    b3: boolean,
    { requests, probes: wanted = PROBES }: { requests: number; probes?: number },
): Promise<{
    probes: ProbeRun[];
    burst: (Burst & { agent: string; foreign: boolean }) | undefined;
    probedAt: NonNullable<Evidence["probedAt"]>;
}> {
    const { name: pod, namespace = "" } = source.metadata;
    const where = { namespace, pod, container: appContainer(source) };
    const others = requests - wanted;
    const warm = others <= 0 ? 0 : await warmUp(access, where, client, url, requests);
    const [begun, from] = [performance.now(), Date.now()];
    const probes = await sendProbeRuns(access, { source, url }, client, b3, wanted);
    const probedAt = { from, to: Date.now() };
    if (others <= 0) return { probes, burst: undefined, probedAt };
    const perRequestMs = (performance.now() - begun) / wanted;
    const agent = `${AGENT}/${probes[0]?.answer.spanId ?? ""}`;
    const quick = perRequestMs < QUICK_MS;
    const foreign = quick && (await sendForeignIds(access, where, client, url, agent));
    const count = others - FOREIGN_REQUESTS - warm;
    const burst = await sendBurst(access, where, client, { url, count, agent, perRequestMs });
    return {
        probes,
        burst: burst && { ...burst, agent, foreign },
        probedAt,
    };
}

/** Sends probes, each with trace context of its own. */
export async function sendProbeRuns(
    access: Access,
    { source, url }: Pick<ProbePath, "source" | "url">,
    client: HttpClient,
    b3: boolean,
    count: number,
): Promise<ProbeRun[]> {
    const { name: pod, namespace = "" } = source.metadata;
    const where = { namespace, pod, container: appContainer(source) };
    const sent = await sendProbes(access, where, client, url, Array.from({ length: count }, freshIds), b3);
    if ("failure" in sent) {
        throw new UserError(
            `could not send requests from Pod ${fullName(source)}: ${sent.failure.reason}. Next: check whether ` +
                `commands run there: ${tryCommand(source)}`,
            2,
        );
    }
    return sent.value.map((answer) => ({
        answer,
        trace: undefined,
        seen: false,
        callsWithoutContext: [],
        expectedByChance: 0,
    }));
}
