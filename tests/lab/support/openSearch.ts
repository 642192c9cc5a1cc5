import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { findHolder } from "../../../lab/cluster/holder";
import { ensureOpenSearch } from "../../../lab/images/openSearch";
import { createAuthority, createLeaf } from "../../../shared/certificates/x509";
import { startInLab } from "./jaegerPod";
import { eventually } from "./sharedLab";

const PORT = 19200;
/** Reached through the proxy alone: the server has no TLS and no logins. */
const INNER = "127.0.0.1:19201";
const NAME = "search.example.com";

/** A real OpenSearch beside the node, with TLS and a login before it. */
export interface SearchServer {
    url: string;
    login: { username: string; password: string };
    /** The authority of its certificate, as PEM, and the name in it. */
    tls: { ca: string; serverName: string };
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
    const tls = writeCertificate(folder);
    const address = lab.identity.nodeAddress;
    const files = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const credentials = `${login.username}:${login.password}`;
    const proxy = startInLab(lab, "storage/loginProxy.mjs", address, String(PORT), INNER, ...files, credentials);
    const ask = async (path: string): Promise<unknown> => JSON.parse(await fromLab(lab, `http://${INNER}${path}`));
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
    const kill = async (): Promise<void> => {
        const closed = once(server, "close");
        server.kill("SIGKILL");
        await closed;
    };
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

function writeCertificate(folder: string): SearchServer["tls"] {
    const authority = createAuthority("search");
    const leaf = createLeaf(authority, {
        ...{ subject: { commonName: NAME }, usage: "server", dnsNames: [NAME], addresses: [] },
    });
    writeFileSync(join(folder, "cert.pem"), leaf.certificatePem);
    writeFileSync(join(folder, "key.pem"), leaf.privateKeyPem, { mode: 0o600 });
    return { ca: authority.certificatePem, serverName: NAME };
}

/** Runs a program in the lab's network. `nsenter` becomes the program, so a signal reaches it. */
function inLab(lab: Cluster, command: readonly string[], output: "ignore" | "pipe"): ChildProcess {
    const holder = String(findHolder(lab.identity.name)?.process.pid);
    const stdio: StdioOptions = ["ignore", output, "ignore"];
    return spawn("nsenter", ["--target", holder, "--net", "--", ...command], { stdio });
}

async function fromLab(lab: Cluster, url: string): Promise<string> {
    const curl = inLab(lab, ["curl", "--silent", "--fail", "--max-time", "10", url], "pipe");
    const chunks: Buffer[] = [];
    curl.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(curl, "close")) as [number | null];
    if (code !== 0) throw new Error(`curl ${url}: exit ${String(code)}`);
    return Buffer.concat(chunks).toString();
}
