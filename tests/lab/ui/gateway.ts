import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { createAuthority, createLeaf } from "../../../shared/certificates/x509";
import { node } from "./entrances";
import { kubectl } from "../support/sharedLab";

export const HOST = "traces.example.com";
export const BASE_PATH = "/jaeger";
export const CREDENTIAL = { username: "anna", password: "correct-horse-9" };
export const AUTHORITY = createAuthority("traces");

/** Settings of the gateway with a certificate in a Secret; no load balancer is to be had in the lab. */
export const UI_SETTINGS = {
    ui: JSON.stringify({
        mode: "gateway",
        host: HOST,
        basePath: BASE_PATH,
        serviceType: "ClusterIP",
        tls: { mode: "secret", secretName: "traces-tls" },
    }),
    uiBasicAuth: JSON.stringify(CREDENTIAL),
};

/** Makes the gateway's namespace with its certificate, as a user does before the first `up`. */
export function createCertificate(lab: Cluster): void {
    const leaf = createLeaf(AUTHORITY, { subject: { commonName: HOST }, usage: "server", dnsNames: [HOST] });
    const folder = mkdtempSync(join(tmpdir(), "traces-tls-"));
    try {
        writeFileSync(join(folder, "tls.crt"), leaf.certificatePem);
        writeFileSync(join(folder, "tls.key"), leaf.privateKeyPem, { mode: 0o600 });
        kubectl(lab, "create", "namespace", "istio-ingress");
        const files = [`--cert=${join(folder, "tls.crt")}`, `--key=${join(folder, "tls.key")}`];
        kubectl(lab, "create", "secret", "tls", "traces-tls", "-n", "istio-ingress", ...files);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** A way from the host's loopback to a Service of the lab, as an operator makes one. */
export interface Forward {
    port: number;
    stop: () => Promise<void>;
}

export async function forward(lab: Cluster, namespace: string, service: string, port: number): Promise<Forward> {
    const args = ["port-forward", "-n", namespace, `svc/${service}`, `:${String(port)}`];
    const child: ChildProcess = spawn(join(lab.artifacts.binDir, "kubectl"), args, {
        env: { ...process.env, KUBECONFIG: lab.kubeconfig },
        stdio: ["ignore", "pipe", "inherit"],
    });
    const line = await new Promise<string>((resolve, reject) => {
        child.stdout?.once("data", (data: Buffer) => {
            resolve(data.toString());
        });
        child.once("exit", () => {
            reject(new Error(`kubectl ${args.join(" ")} has ended`));
        });
    });
    const stop = async (): Promise<void> => {
        if (child.exitCode !== null) return;
        const ended = once(child, "exit");
        child.kill();
        await ended;
    };
    return { port: Number(/:(\d+) ->/.exec(line)?.[1]), stop };
}

/** An answer of the gateway over TLS, whose certificate is checked. */
export interface Answer {
    status: number;
    headers: Record<string, unknown>;
    body: string;
}

export function askGateway(
    { port }: Forward,
    path: string,
    asking: { authorization?: string; cookie?: string } = {},
): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const headers = { host: HOST, ...asking };
        const options = { port, path, headers, servername: HOST, ca: AUTHORITY.certificatePem, timeout: 5000 };
        const outgoing = request({ ...options, host: "127.0.0.1" }, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("end", () => {
                const body = Buffer.concat(chunks).toString("utf8");
                resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
            });
        });
        outgoing.on("error", reject).end();
    });
}

/** Asks the gateway from the node, under its own name, with an empty gRPC message on standard input. */
export function curlGateway(lab: Cluster, args: string): string {
    const ip = gatewayAddress(lab);
    const resolve = [80, 443].map((port) => `--resolve ${HOST}:${String(port)}:${ip}`).join(" ");
    return node(lab).run(`printf '\\0\\0\\0\\0\\0' | curl -s -o /dev/null -m 5 ${resolve} ${args}`).trim();
}

/** Asks for the names of the services over gRPC: the HTTP status, and gRPC's own where that comes before any message. */
export function askOverGrpc(lab: Cluster, credential = ""): string {
    return curlGateway(
        lab,
        `-k -w '%{http_code} %header{grpc-status}' ${credential} --data-binary @- ` +
            "-H 'content-type: application/grpc' -H 'te: trailers' " +
            `https://${HOST}/jaeger.api_v2.QueryService/GetServices`,
    );
}

export function gatewayAddress(lab: Cluster): string {
    const service = ["get", "service", "-n", "istio-ingress", "jaeger-gateway"];
    return kubectl(lab, ...service, "-o", "jsonpath={.spec.clusterIP}");
}

export function basic({ username, password }: typeof CREDENTIAL): string {
    return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
