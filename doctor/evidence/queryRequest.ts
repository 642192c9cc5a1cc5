import { explainNetworkError } from "../../shared/cluster/request";
import { fetchJson, StatusError, type AskJson } from "../../shared/jaeger/client";
import { either, flag, listOf, mapOf, number, objectOf, text } from "../../shared/values/shapes";
import type { Access } from "../connection/access";
import { nextSteps } from "../nextSteps";

/** Why a query got no answer. */
export interface Refusal extends Error {
    /** The next step if other credentials can help. */
    next?: string;
    /** True if there was no answer at all, which another path does not change. */
    silent?: boolean;
    /** True if Jaeger answered that it failed, which another path does not change either. */
    failing?: boolean;
}

/** With this status, Jaeger answers a query that its storage does not answer. */
const FAILED = 500;

const SPAN = objectOf(
    {
        ...{ traceID: text, spanID: text, operationName: text, processID: text, startTime: number, duration: number },
        references: listOf(objectOf({ refType: text, spanID: text }, "refType", "spanID")),
        tags: listOf(objectOf({ key: text, value: either(text, either(number, flag)) }, "key")),
    },
    ...(["traceID", "spanID", "operationName", "processID", "startTime", "duration"] as const),
);
const TRACE = objectOf(
    { traceID: text, processes: mapOf(objectOf({ serviceName: text }, "serviceName")), spans: listOf(SPAN) },
    ...(["traceID", "processes", "spans"] as const),
);
/** An answer of Jaeger's query API, with names of services or traces. */
const ANSWER = objectOf({ data: listOf(either(text, TRACE)) });

/** Queries through the API server. */
export function askThrough(access: Access): AskJson {
    return async (path) => {
        const fact = await access.get(path);
        if ("value" in fact) return ANSWER(fact.value);
        const { kind, reason, status, byApiServer = false } = fact.failure;
        // A sidecar in front of Jaeger also answers 403. More rights do not help there.
        const { reachJaeger, logIn } = nextSteps();
        const next = kind === "forbidden" && byApiServer ? reachJaeger : kind === "unauthorized" ? logIn : undefined;
        const failing = status === FAILED && !byApiServer;
        throw Object.assign(new Error(reason), { next, failing, silent: kind === "unreachable" });
    };
}

/** Queries over HTTP, and describes why there is no answer. */
export async function askUrl(address: string): Promise<unknown> {
    const { logIn, correctLogin } = nextSteps();
    const next = new URL(address).username === "" ? logIn : correctLogin;
    try {
        return ANSWER(await fetchJson(address));
    } catch (error) {
        if (error instanceof StatusError) {
            const refused = error.status === 401 || error.status === 403;
            const failing = error.status === FAILED;
            throw Object.assign(
                new Error(`it answers with status ${String(error.status)}`),
                refused ? { next } : { failing },
            );
        }
        if (error instanceof SyntaxError) return undefined;
        const { reason } = explainNetworkError(((error as Error).cause ?? error) as Error, 5, address);
        throw Object.assign(new Error(reason), { silent: true });
    }
}
