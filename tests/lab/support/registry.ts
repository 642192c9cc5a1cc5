import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { findHolder } from "../../../lab/cluster/holder";
import { nodeEnvironment, runInNode } from "../../../lab/cluster/node";
import { IMAGE_NAMES } from "../../../lab/images/names";
import { ensureRegistry } from "../../../lab/images/registry";

/** By plain HTTP, since container runtimes ask a registry of their own machine so. */
export const REGISTRY = "127.0.0.1:5000";
export const REGISTRY_LOGIN = { username: "puller", password: "geheim" };

/** The login as the registry knows it: `geheim` by bcrypt. */
const HTPASSWD = `${REGISTRY_LOGIN.username}:$2b$04$g0hHYjc0gEArf9Gj8SYlkutlXJC82CzrWtisXMa7tTV6Ywc4hfD9i\n`;
const PUSHED = ["pilot", "proxyv2", "jaeger", "curl", "httpEcho"] as const;

/** A registry that asks everybody for a login, and has the images of the program. */
export interface Registry {
    /** The name there of an image that the program uses under another one. */
    nameOf: (image: string) => string;
    /** Ends it, and takes off the node what it has pulled. */
    stop: () => Promise<void>;
}

/** Starts it on the node, and pushes the images there. It ends by itself after 15 minutes at the latest. */
export async function startRegistry(lab: Cluster): Promise<Registry> {
    const program = await ensureRegistry(() => undefined);
    const holder = findHolder(lab.identity.name);
    assert.ok(holder);
    const folder = mkdtempSync(join(tmpdir(), "registry-"));
    writeFileSync(join(folder, "htpasswd"), HTPASSWD);
    writeFileSync(join(folder, "config.yml"), JSON.stringify(configOf(folder)));
    const command = ["timeout", "900", program, "serve", join(folder, "config.yml")];
    const argv = ["--target", String(holder.process.pid), "--net", "--", ...command];
    const child = spawn("nsenter", argv, { stdio: "ignore" });

    const onNode = (...lines: string[]): Promise<string> =>
        runInNode(holder, ["set -e", ...lines].join("\n"), nodeEnvironment(lab.artifacts));
    const images = PUSHED.map((role) => IMAGE_NAMES[role]);
    const { username, password } = REGISTRY_LOGIN;
    const forget = images.map((image) => `ctr -n k8s.io images rm ${nameOf(image)} >/dev/null 2>&1 || :`);
    await onNode(
        `tries=0; until ctr -n k8s.io images ls >/dev/null && bash -c 'exec 3<>/dev/tcp/127.0.0.1/5000' 2>/dev/null; do`,
        `  tries=$((tries + 1)); [ $tries -lt 100 ] || { echo "the registry does not answer" >&2; exit 1; }; sleep 0.1`,
        "done",
        ...images.flatMap((image) => [
            `ctr -n k8s.io images tag --force ${image} ${nameOf(image)}`,
            `ctr -n k8s.io images push --plain-http --user ${username}:${password} ${nameOf(image)} >/dev/null`,
        ]),
        ...forget,
    );
    return {
        nameOf,
        stop: async () => {
            await onNode(...forget);
            child.kill();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

/** `docker.io/istio/pilot:1.31.1` is `127.0.0.1:5000/istio/pilot:1.31.1` there. */
function nameOf(image: string): string {
    return image.replace(/^[^/]+/, REGISTRY);
}

function configOf(folder: string): object {
    return {
        version: 0.1,
        log: { level: "error" },
        storage: { filesystem: { rootdirectory: join(folder, "images") } },
        http: { addr: REGISTRY },
        auth: { htpasswd: { realm: "registry", path: join(folder, "htpasswd") } },
    };
}
