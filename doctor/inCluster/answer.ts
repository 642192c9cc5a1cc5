import http from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { send } from "../../shared/cluster/request";
import { DOCTOR_PORTS, ENVOY_ADMIN_PORT } from "../../shared/names/ports";

/** What the doctor reads of a sidecar: parts of its configuration, which contain no keys, and its counts. */
const RELAYED =
    /^\/(config_dump\?resource=dynamic_(listeners|active_clusters|route_configs)&|clusters\?filter=|stats\?filter=|runtime\?format=json$)/;
const TIMEOUT_SECONDS = 10;

/**
 * The server of the doctor in the cluster: it answers the probes, and relays what its own sidecar tells about itself, so that
 * the doctor needs no right to run commands in pods.
 *
 * @param ask asks the sidecar. @default over HTTP
 */
export function openAnswerServers(ask: typeof send = send): { answer: Server; relay: Server } {
    return {
        answer: http.createServer((_, response) => {
            end(response, 200, "ok\n");
        }),
        relay: http.createServer((request, response) => {
            void relay(request, response, ask);
        }),
    };
}

/** Serves until the process ends. */
export function serveAnswers(): Server[] {
    const { answer, relay: relayServer } = openAnswerServers();
    return [answer.listen(DOCTOR_PORTS.answer), relayServer.listen(DOCTOR_PORTS.relay)];
}

async function relay({ method, url = "" }: IncomingMessage, response: ServerResponse, ask: typeof send): Promise<void> {
    if (method !== "GET" || !RELAYED.test(url)) {
        end(response, 404, "expected GET for a path that the doctor reads\n");
        return;
    }
    const address = `http://127.0.0.1:${String(ENVOY_ADMIN_PORT)}${url}`;
    const answer = await ask({ url: address, timeoutSeconds: TIMEOUT_SECONDS, body: undefined, options: {} });
    if ("failure" in answer) end(response, 502, `the sidecar does not answer: ${answer.failure.reason}\n`);
    else end(response, answer.value.status, answer.value.text);
}

function end(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
    response.end(text);
}
