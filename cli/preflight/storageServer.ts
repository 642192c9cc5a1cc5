import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import type { Finding } from "../../checks/finding";
import {
    BLOCKS_PATH,
    checkSearchServer,
    checkWritable,
    describeServer,
    type ServerAnswer,
    type WantedServer,
} from "../../checks/jaeger/searchServer";
import { checkPolicy, policyPaths, type WantedPolicy } from "../../checks/jaeger/lifecyclePolicy";
import type { Settings } from "../../components/settings";
import { isSearchStorage, type SearchStorage } from "../../components/storage";
import type { ClusterClient } from "../../shared/cluster/client";
import { parseJson } from "../../shared/values/plainObjects";
import type { Outcome } from "./outcome";
import { authorityOf } from "./servers/authority";
import { ANSWER_MS, whyNoAnswer } from "./servers/connection";

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
    const ca = await authorityOf(storage.tls, client, settings.istio.namespace);
    return Promise.all(
        storage.serverUrls.map(async (url) => {
            const wanted: WantedServer = { type: storage.type, url, username: storage.username, loggedIn };
            const answer = await ask(url, storage, password, ca);
            if (!("status" in answer) || answer.status !== 200) return outcomeOf(wanted, answer);
            const prefix = storage.indexPrefix === undefined ? "" : `${storage.indexPrefix}-`;
            const indices = `${url.replace(/\/$/, "")}/${prefix}jaeger-*/${BLOCKS_PATH}`;
            const blocks = await ask(indices, storage, password, ca);
            // Who may not read them learns nothing.
            const body = "status" in blocks && blocks.status === 200 ? blocks.body : undefined;
            const askPath = (path: string): Promise<ServerAnswer> =>
                ask(`${url.replace(/\/$/, "")}/${path}`, storage, password, ca);
            const ofPolicy = await policyFindings(wanted, storage, prefix, askPath);
            return outcomeOf(wanted, answer, [...checkWritable(wanted, body), ...ofPolicy]);
        }),
    );
}

async function policyFindings(
    server: WantedServer,
    { lifecyclePolicy }: SearchStorage,
    indexPrefix: string,
    askPath: (path: string) => Promise<ServerAnswer>,
): Promise<Finding[]> {
    if (lifecyclePolicy === undefined) return [];
    const wanted: WantedPolicy = { ...server, policy: lifecyclePolicy, indexPrefix };
    const paths = policyPaths(wanted);
    const alias = paths.alias === undefined ? undefined : await askPath(paths.alias);
    return checkPolicy(wanted, await askPath(paths.policy), alias);
}

function outcomeOf(wanted: WantedServer, answer: ServerAnswer, more: Finding[] = []): Outcome {
    const check = "storage's server";
    const findings = [...checkSearchServer(wanted, answer), ...more];
    if (findings.length > 0) return { check, findings };
    const found = "status" in answer && answer.status === 200 ? describeServer(answer.body) : undefined;
    if (found === undefined) {
        return {
            check,
            findings,
            skipped: `the server reveals nothing without the password: set ${PASSWORD_VARIABLE}`,
        };
    }
    return { check, findings, passed: `${wanted.url} is ${found.type} ${found.version}` };
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
                    resolve(whyNoAnswer(error));
                },
            );
        });
        call.on("timeout", () => call.destroy(new Error(`no answer within ${String(ANSWER_MS / 1000)} s`)));
        call.on("error", (error) => {
            resolve(whyNoAnswer(error));
        });
        call.end();
    });
}
