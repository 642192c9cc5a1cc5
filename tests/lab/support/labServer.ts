import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { findHolder } from "../../../lab/cluster/holder";
import { createAuthority, createLeaf } from "../../../shared/certificates/x509";
import { eventually } from "./sharedLab";

/** The authority of a server's certificate, as PEM, and the name in it. */
export interface ServerTls {
    ca: string;
    serverName: string;
}

/** Writes `ca.pem`, `cert.pem`, `key.pem`, and `store.pem` with the key and the certificate, into a folder. */
export function writeCertificate(folder: string, name: string): ServerTls {
    const authority = createAuthority("server");
    const leaf = createLeaf(authority, {
        ...{ subject: { commonName: name }, usage: "server", dnsNames: [name], addresses: [] },
    });
    const mode = { mode: 0o600 };
    writeFileSync(join(folder, "ca.pem"), authority.certificatePem);
    writeFileSync(join(folder, "cert.pem"), leaf.certificatePem);
    writeFileSync(join(folder, "key.pem"), leaf.privateKeyPem, mode);
    writeFileSync(join(folder, "store.pem"), leaf.privateKeyPem + leaf.certificatePem, mode);
    return { ca: authority.certificatePem, serverName: name };
}

/** Runs a program in the lab's network. `nsenter` becomes the program, so a signal reaches it. */
export function inLab(lab: Cluster, command: readonly string[], output: "ignore" | "pipe"): ChildProcess {
    const holder = String(findHolder(lab.identity.name)?.process.pid);
    const stdio: StdioOptions = ["ignore", output, "ignore"];
    return spawn("nsenter", ["--target", holder, "--net", "--", ...command], { stdio });
}

/** What a program in the lab's network prints; fails if it does. */
export async function outputInLab(lab: Cluster, command: readonly string[]): Promise<string> {
    const child = inLab(lab, command, "pipe");
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(`${command.at(-1) ?? ""}: exit ${String(code)}`);
    return Buffer.concat(chunks).toString();
}

/** Kills a server at once, as the end of its machine would. */
export async function killServer(server: ChildProcess): Promise<void> {
    const closed = once(server, "close");
    server.kill("SIGKILL");
    await closed;
}

/** Waits until something in the lab's network listens there. */
export function listens(lab: Cluster, host: string, port: number, seconds: number): Promise<true> {
    const knock = ["bash", "-c", `echo > /dev/tcp/${host}/${String(port)}`];
    return eventually(seconds, () =>
        outputInLab(lab, knock).then(
            () => true as const,
            () => `nothing listens at ${host}:${String(port)}`,
        ),
    );
}
