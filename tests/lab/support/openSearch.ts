import assert from "node:assert/strict";
import { spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { ensureOpenSearch } from "../../../lab/images/openSearch";
import { listAt, textAt } from "../../../shared/values/plainObjects";
import { inLab, killServer, listens, outputInLab, writeCertificate, type ServerTls } from "./labServer";
import { eventually } from "./sharedLab";

const PORT = 19200;
/** Reached through the proxy alone: the server has no TLS and no logins. */
const INNER = "127.0.0.1:19201";
const NAME = "search.example.com";

/** What the proxy before the server demands and allows. */
export interface Guard {
    /** @default the one in `login` */
    password?: string;
    /** True: it has a new certificate, of a new authority. */
    isRenewed?: boolean;
    /** Start of requests that it forbids to everybody, such as `GET /jaeger-*`. */
    forbidden?: string;
}

/** A real OpenSearch beside the node, with TLS and a login before it. */
export interface SearchServer {
    url: string;
    login: { username: string; password: string };
    tls: ServerTls;
    /** Its folder, on a disk of its own if it has one. */
    data: string;
    /** An answer of the server itself, without the login; `body` as JSON. */
    ask: (path: string, method?: string, body?: object) => Promise<unknown>;
    /** Puts another proxy before it; returns the authority that it has then. */
    guard: (guard: Guard) => Promise<ServerTls>;
    /** Kills it, and returns what starts it again with the same data. */
    kill: () => Promise<() => Promise<void>>;
    /** Kills it, and starts it again with the same data. */
    killAndStart: () => Promise<void>;
    stop: () => Promise<void>;
}

/** Most hits in one answer of a search engine. */
const PAGE = 10_000;

/** IDs of the traces that the server itself has of a service, in indices with a prefix such as `lab-`. */
export async function storedIds({ ask }: SearchServer, prefix: string, service: string): Promise<Set<string>> {
    const ids = new Set<string>();
    const query = `q=process.serviceName:${service}&_source=traceID&size=${String(PAGE)}&scroll=1m`;
    let answer = await ask(`/${prefix}jaeger-span-*/_search?${query}`);
    for (let hits = listAt(answer, "hits", "hits"); hits.length > 0; hits = listAt(answer, "hits", "hits")) {
        for (const hit of hits) ids.add(textAt(hit, "_source", "traceID") ?? "");
        answer = await ask(`/_search/scroll?scroll=1m&scroll_id=${textAt(answer, "_scroll_id") ?? ""}`);
    }
    return ids;
}

/**
 * Starts OpenSearch in the lab's network; the first time, it is fetched.
 *
 * @param diskMiB size of a disk of its own, in memory. @default it uses the machine's
 */
export async function startOpenSearch(lab: Cluster, diskMiB?: number): Promise<SearchServer> {
    const command = await ensureOpenSearch(() => undefined);
    const folder = mkdtempSync(join(tmpdir(), "opensearch-"));
    const data = join(folder, "server");
    mkdirSync(data);
    if (diskMiB !== undefined) mount("mount", "-t", "tmpfs", "-o", `size=${String(diskMiB)}m`, "tmpfs", data);
    const login = { username: "jaeger", password: "pa$$s ${env:HOME} 5%" };
    let tls = writeCertificate(folder, NAME);
    const address = lab.identity.nodeAddress;
    const files = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const startProxy = async ({ password = login.password, forbidden }: Guard): Promise<ChildProcess> => {
        const demanded = [`${login.username}:${password}`, ...(forbidden === undefined ? [] : [forbidden])];
        const script = join(dirname(__dirname), "storage", "loginProxy.mjs");
        const args = [address, String(PORT), INNER, ...files, ...demanded];
        const started = inLab(lab, [process.execPath, script, ...args], "ignore");
        await listens(lab, address, PORT, 30);
        return started;
    };
    let proxy = await startProxy({});
    const curl = ["curl", "--silent", "--fail", "--max-time", "10"];
    const ask = async (path: string, method = "GET", body?: object): Promise<unknown> => {
        const json = ["-H", "content-type: application/json", "-d", JSON.stringify(body)];
        const sent = body === undefined ? [] : json;
        return JSON.parse(await outputInLab(lab, [...curl, "-X", method, ...sent, `http://${INNER}${path}`]));
    };
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
        ...{ url: `https://${address}:${String(PORT)}`, login, tls, data, ask },
        guard: async (guard) => {
            await killServer(proxy);
            if (guard.isRenewed === true) tls = writeCertificate(folder, NAME);
            proxy = await startProxy(guard);
            return tls;
        },
        kill: async () => {
            await kill();
            return async () => {
                server = await start();
            };
        },
        killAndStart: async () => {
            await kill();
            server = await start();
        },
        stop: async () => {
            await killServer(proxy);
            await kill();
            if (diskMiB !== undefined) mount("umount", data);
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

function mount(program: "mount" | "umount", ...args: string[]): void {
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
    assert.equal(status, 0, `${program} ${args.join(" ")}: ${stderr}`);
}
