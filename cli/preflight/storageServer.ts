import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import {
    checkSearchServer,
    describeServer,
    type ServerAnswer,
    type WantedServer,
} from "../../checks/jaeger/searchServer";
import { CA_CONFIG_MAP } from "../../components/collector";
import type { Settings } from "../../components/settings";
import { isSearchStorage, type SearchStorage } from "../../components/storage";
import type { ClusterClient } from "../../shared/cluster/client";
import { parseJson, textAt } from "../../shared/values/plainObjects";
import type { Outcome } from "./outcome";

/** How long a server may take for its answer. */
const ANSWER_MS = 5000;
/** What OpenSSL says about certificates, and Node about the names in them. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/;

/** The variable with the password, which the stack's file holds encrypted. */
export const PASSWORD_VARIABLE = "JAEGER_STORAGE_PASSWORD";

/**
 * Asks the servers of the storage at their root, from this machine.
 *
 * @param password of the user in `jaeger.storage.username`. Without it, the login is not checked.
 */
export async function storageServerOutcomes(
    settings: Settings,
    client: ClusterClient,
    password: string | undefined,
): Promise<Outcome[]> {
    const { storage, deploy } = settings.jaeger;
    if (!deploy || !isSearchStorage(storage)) return [];
    const loggedIn = storage.username === undefined || password !== undefined;
    const ca = await authorityOf(storage, client, settings.istio.namespace);
    return Promise.all(
        storage.serverUrls.map(async (url) => {
            const wanted: WantedServer = { type: storage.type, url, username: storage.username, loggedIn };
            return outcomeOf(wanted, await ask(url, storage, password, ca));
        }),
    );
}

function outcomeOf(wanted: WantedServer, answer: ServerAnswer): Outcome {
    const check = "storage's server";
    const findings = checkSearchServer(wanted, answer);
    if (findings.length > 0) return { check, findings };
    const found = "status" in answer && answer.status === 200 ? describeServer(answer.body) : undefined;
    if (found === undefined) {
        return { check, findings, skipped: `without the password, the server says nothing: set ${PASSWORD_VARIABLE}` };
    }
    return { check, findings, passed: `${wanted.url} is ${found.type} ${found.version}` };
}

/** The authority as PEM, if it is not a public one. */
async function authorityOf(
    { tls }: SearchStorage,
    client: ClusterClient,
    namespace: string,
): Promise<string | undefined> {
    if (tls === undefined || tls.ca === "public") return undefined;
    if (!tls.ca.startsWith(CA_CONFIG_MAP)) return tls.ca;
    const name = tls.ca.slice(CA_CONFIG_MAP.length);
    const fact = await client.get(`/api/v1/namespaces/${namespace}/configmaps/${name}`);
    return "value" in fact ? textAt(fact.value, "data", "ca.crt") : undefined;
}

function ask(
    url: string,
    { username, tls }: SearchStorage,
    password: string | undefined,
    ca: string | undefined,
): Promise<ServerAnswer> {
    const isHttps = url.startsWith("https:");
    const options = {
        timeout: ANSWER_MS,
        ...(username !== undefined && password !== undefined && { auth: `${username}:${password}` }),
        ...(isHttps && ca !== undefined && { ca }),
        ...(isHttps && tls?.serverName !== undefined && { servername: tls.serverName }),
    };
    return new Promise((resolve) => {
        const call = (isHttps ? requestHttps : requestHttp)(url, options, (response) => {
            text(response).then(
                (body) => {
                    resolve({ status: response.statusCode ?? 0, body: parseJson(body) });
                },
                (error: unknown) => {
                    resolve({ unreachable: reasonOf(error) });
                },
            );
        });
        call.on("timeout", () => call.destroy(new Error(`no answer within ${String(ANSWER_MS / 1000)} s`)));
        call.on("error", (error) => {
            const reason = reasonOf(error);
            resolve(UNTRUSTED.test(codeOf(error)) ? { untrusted: reason } : { unreachable: reason });
        });
        call.end();
    });
}

function codeOf(error: unknown): string {
    return error instanceof Error && "code" in error ? String(error.code) : "";
}

function reasonOf(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    return message === "" ? codeOf(error) : message;
}
