import { randomBytes } from "node:crypto";
import type { JaegerClient } from "../../shared/jaeger/client";
import type { Access, ContainerRef } from "../connection/access";
import { tracesOfAgent } from "../evidence/awaitTraces";
import type { IdShape, ShapeEvidence } from "../evidence/requestIdShapes";
import type { HttpClient } from "./requests";

/** Number of requests of each shape. More than one, because a lost request must not count as never recorded. */
const REQUESTS_OF_A_SHAPE = 2;
const SHAPES: IdShape[] = ["hexadecimal", "text"];
/** Total number of requests of {@link sendForeignIds}. */
export const FOREIGN_REQUESTS = SHAPES.length * REQUESTS_OF_A_SHAPE;

/** Prefix of the doctor's own IDs. Eight zeros are sampled at every rate above zero. */
const OWN: Record<IdShape, string> = { hexadecimal: "00000000646f63746f72", text: "istio-tracing-doctor-" };

/** The shape of a client's request ID; undefined for a UUID, and for the doctor's own IDs. */
export function shapeOf(id: string): IdShape | undefined {
    if (Object.values(OWN).some((prefix) => id.startsWith(prefix))) return undefined;
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return undefined;
    // Envoy samples by the number in the first eight characters:
    // https://github.com/envoyproxy/envoy/blob/main/source/extensions/request_id/uuid/config.cc
    return /^[0-9a-f]{8}/i.test(id) ? "hexadecimal" : "text";
}

/**
 * Sends requests with IDs that are not UUIDs and without a sampling decision. Their user agent starts with that of the
 * burst. True if each was answered.
 */
export async function sendForeignIds(
    access: Access,
    where: ContainerRef,
    client: HttpClient,
    url: string,
    agent: string,
): Promise<boolean> {
    const requests = SHAPES.flatMap((shape) =>
        Array.from({ length: REQUESTS_OF_A_SHAPE }, () => request(shape, agent)),
    );
    const fact = await access.exec(where, markedCommand(client, url, requests), 10);
    return "value" in fact && fact.value.code === 0;
}

/** How many of the requests of {@link sendForeignIds} were recorded; undefined if unknown. */
export async function findForeignIds(
    jaeger: JaegerClient | undefined,
    service: string | undefined,
    agent: string | undefined,
): Promise<ShapeEvidence[] | undefined> {
    if (jaeger === undefined || service === undefined || agent === undefined) return undefined;
    return Promise.all(
        SHAPES.map(async (shape): Promise<ShapeEvidence> => {
            const traces = await tracesOfAgent(jaeger, service, agentOf(agent, shape), REQUESTS_OF_A_SHAPE);
            return { shape, sent: REQUESTS_OF_A_SHAPE, recorded: traces.length };
        }),
    );
}

interface MarkedRequest {
    agent: string;
    requestId: string;
}

function request(shape: IdShape, agent: string): MarkedRequest {
    return { agent: agentOf(agent, shape), requestId: OWN[shape] + randomBytes(6).toString("hex") };
}

function agentOf(agent: string, shape: IdShape): string {
    return `${agent}-${shape}`;
}

/** Requests with request IDs and without a trace context. */
function markedCommand(client: HttpClient, url: string, requests: MarkedRequest[]): string[] {
    if (client === "curl") {
        const each = requests.flatMap(({ agent, requestId }, index) => [
            ...(index === 0 ? [] : ["--next"]),
            ...["-sg", "-o", "/dev/null", "--max-time", "2", "-A", agent, "-H", `x-request-id: ${requestId}`, url],
        ]);
        return ["curl", "--fail-early", ...each];
    }
    const each = requests.map(
        ({ agent, requestId }) => `wget -q -O /dev/null -T 2 -U '${agent}' --header='x-request-id: ${requestId}' "$1"`,
    );
    return ["sh", "-c", each.join(" && "), "sh", url];
}
