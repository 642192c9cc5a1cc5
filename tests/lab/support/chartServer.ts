import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import http from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { createAuthority, createLeaf } from "../../../shared/certificates/x509";

/** A Helm repository by HTTPS that asks for a login, and a proxy that alone leads to it. */
export interface ChartServer {
    /** Address of the repository, by a name that only the proxy resolves. */
    url: string;
    /** Address of the proxy. */
    proxy: string;
    caFile: string;
    /** Paths that were asked for, with the status of each answer. */
    asked: string[];
    close: () => void;
}

/** Serves the lab's charts as those of an Istio release, to one user. */
export async function serveCharts(lab: Cluster, version: string, login: string): Promise<ChartServer> {
    const folder = mkdtempSync(join(tmpdir(), "chart-server-"));
    const charts = packCharts(lab, version, folder);
    const authority = createAuthority("charts");
    const host = "charts.example.com";
    const leaf = createLeaf(authority, { subject: { commonName: host }, usage: "server", dnsNames: [host] });
    const caFile = join(folder, "ca.pem");
    writeFileSync(caFile, authority.certificatePem);
    const asked: string[] = [];
    const expected = `Basic ${Buffer.from(login).toString("base64")}`;
    const server = https.createServer({ cert: leaf.certificatePem, key: leaf.privateKeyPem }, (request, response) => {
        const isUser = request.headers.authorization === expected;
        const status = isUser ? 200 : 401;
        asked.push(`${request.url ?? ""} ${String(status)}`);
        response.writeHead(status);
        response.end(isUser ? readFileSync(join(charts, basename(request.url ?? ""))) : "who are you?");
    });
    const port = await listen(server);
    const proxy = http.createServer();
    proxy.on("connect", (request, client: Duplex) => {
        asked.push(`CONNECT ${request.url ?? ""}`);
        const upstream = connect(port, "127.0.0.1", () => {
            client.write("HTTP/1.1 200 Connection established\r\n\r\n");
            upstream.pipe(client).pipe(upstream);
        });
        for (const side of [upstream, client]) side.on("error", () => undefined);
    });
    const proxyPort = await listen(proxy);
    return {
        url: `https://${host}:${String(port)}/istio`,
        proxy: `http://127.0.0.1:${String(proxyPort)}`,
        caFile,
        asked,
        close: () => {
            server.close();
            proxy.close();
            server.closeAllConnections();
            proxy.closeAllConnections();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/** The lab's charts as archives of a release, with their index; `istiod` and the others keep their names. */
export function packCharts(lab: Cluster, version: string, folder: string): string {
    const charts = join(folder, "charts");
    mkdirSync(charts);
    const helm = (...args: string[]): void => {
        const { status, stderr } = spawnSync(join(lab.artifacts.binDir, "helm"), args, { encoding: "utf8" });
        assert.equal(status, 0, stderr);
    };
    for (const name of ["base", "istiod", "gateway"]) {
        cpSync(join(lab.artifacts.chartsDir, name), join(folder, name), { recursive: true });
        helm("package", join(folder, name), "--version", version, "--destination", charts);
    }
    helm("repo", "index", charts);
    return charts;
}

async function listen(server: http.Server | https.Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
}
