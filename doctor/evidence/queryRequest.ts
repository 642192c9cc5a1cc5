import { explainNetworkError } from "../../shared/cluster/client";
import { fetchJson, StatusError, type AskJson } from "../../shared/jaeger/client";
import { either, flag, listOf, mapOf, number, objectOf, text } from "../../shared/values/shapes";
import type { Access } from "../connection/access";

/** Why a question got no answer. */
export interface Refusal extends Error {
    /** The next step, where somebody else may ask. */
    next?: string;
    /** True when nobody answered at all, which another path does not change. */
    silent?: boolean;
}

const LOG_IN =
    "where Jaeger asks for a login, set JAEGER_LOGIN=USER:PASSWORD, or give the URL by which people open it: --jaeger URL";
const CORRECT_LOGIN = "correct the user and password in JAEGER_LOGIN";
/** The next step where the API server refuses. */
export const GET_RIGHTS =
    "see the rights that it needs with --print-rbac, or give the URL by which people open it: --jaeger URL";

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
/** What Jaeger's query API answers, with names of services or traces. */
const ANSWER = objectOf({ data: listOf(either(text, TRACE)) });

/** Asks through the API server. */
export function askThrough(access: Access): AskJson {
    return async (path) => {
        const fact = await access.get(path);
        if ("value" in fact) return ANSWER(fact.value);
        const { kind, reason, byApiServer = false } = fact.failure;
        // A sidecar in front of Jaeger refuses with 403 as well; there more rights do not help.
        const next = kind === "forbidden" && byApiServer ? GET_RIGHTS : kind === "unauthorized" ? LOG_IN : undefined;
        throw Object.assign(new Error(reason), { next, silent: kind === "unreachable" });
    };
}

/** Asks over HTTP, and says in words why there is no answer. */
export async function askUrl(address: string): Promise<unknown> {
    const next = new URL(address).username === "" ? LOG_IN : CORRECT_LOGIN;
    try {
        return ANSWER(await fetchJson(address));
    } catch (error) {
        if (error instanceof StatusError) {
            const refused = error.status === 401 || error.status === 403;
            throw Object.assign(new Error(`it answers with status ${String(error.status)}`), refused ? { next } : {});
        }
        if (error instanceof SyntaxError) return undefined;
        const { reason } = explainNetworkError(((error as Error).cause ?? error) as Error, 5, address);
        throw Object.assign(new Error(reason), { silent: true });
    }
}
