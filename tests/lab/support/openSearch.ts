import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { ensureOpenSearch } from "../../../lab/images/openSearch";
import { startInLab } from "./jaegerPod";
import { inLab, killServer, outputInLab, writeCertificate, type ServerTls } from "./labServer";
import { eventually } from "./sharedLab";

const PORT = 19200;
/** Reached through the proxy alone: the server has no TLS and no logins. */
const INNER = "127.0.0.1:19201";
const NAME = "search.example.com";

/** A real OpenSearch beside the node, with TLS and a login before it. */
export interface SearchServer {
    url: string;
    login: { username: string; password: string };
    tls: ServerTls;
    /** An answer of the server itself, without the login. */
    ask: (path: string) => Promise<unknown>;
    /** Kills it, and starts it again with the same data. */
    killAndStart: () => Promise<void>;
    stop: () => Promise<void>;
}

/** Starts OpenSearch in the lab's network; the first time, it is fetched. */
export async function startOpenSearch(lab: Cluster): Promise<SearchServer> {
    const command = await ensureOpenSearch(() => undefined);
    const folder = mkdtempSync(join(tmpdir(), "opensearch-"));
    const data = join(folder, "server");
    mkdirSync(data);
    const login = { username: "jaeger", password: "pa$$s ${env:HOME} 5%" };
    const tls = writeCertificate(folder, NAME);
    const address = lab.identity.nodeAddress;
    const files = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const credentials = `${login.username}:${login.password}`;
    const proxy = startInLab(lab, "storage/loginProxy.mjs", address, String(PORT), INNER, ...files, credentials);
    const curl = ["curl", "--silent", "--fail", "--max-time", "10"];
    const ask = async (path: string): Promise<unknown> =>
        JSON.parse(await outputInLab(lab, [...curl, `http://${INNER}${path}`]));
    const start = async (): Promise<ChildProcess> => {
        const [host = "", port = ""] = INNER.split(":");
        const process = inLab(lab, [...command, data, host, port], "ignore");
        await eventually(120, () =>
            ask("/_cluster/health").then(
                () => true as const,
                (error: unknown) => `OpenSearch does not answer: ${String(error)}`,
            ),
        );
        return process;
    };
    let server = await start();
    const kill = (): Promise<void> => killServer(server);
    return {
        ...{ url: `https://${address}:${String(PORT)}`, login, tls, ask },
        killAndStart: async () => {
            await kill();
            server = await start();
        },
        stop: async () => {
            proxy.kill();
            await kill();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}
