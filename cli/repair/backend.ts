import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import type { StoredLock } from "./lock";

/** Where a project's stacks are kept. */
export interface Backend {
    url: string;
    /** Folder of a file backend; undefined for one whose locks only the CLI reads. */
    folder?: string;
}

/** What the file backend keeps beside each of its files. */
const ATTRIBUTES = ".attrs";

type Environment = Record<string, string | undefined>;

const PULUMI_CLOUD = "https://api.pulumi.com";

/** Finds the backend as the Pulumi CLI does; undefined when nobody has logged in. */
export function findBackend(projectDir: string, env: Environment): Backend | undefined {
    const project = parse(readFileSync(join(projectDir, "Pulumi.yaml"), "utf8")) as { backend?: { url?: string } };
    const url = [env["PULUMI_BACKEND_URL"], project.backend?.url, loggedIn(env), byToken(env)].find(Boolean);
    if (url === undefined) return undefined;
    const [, path] = /^file:\/\/([^?]*)/.exec(url) ?? [];
    if (path === undefined) return { url };
    return { url, folder: resolve(projectDir, path.replace(/^~(?=\/|$)/, homedir())) };
}

function loggedIn(env: Environment): string | undefined {
    const folder = env["PULUMI_CREDENTIALS_PATH"] ?? env["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
    try {
        return (JSON.parse(readFileSync(join(folder, "credentials.json"), "utf8")) as { current?: string }).current;
    } catch {
        return undefined;
    }
}

/** With an access token alone the CLI takes Pulumi Cloud, or the one of PULUMI_API. */
function byToken(env: Environment): string | undefined {
    return env["PULUMI_ACCESS_TOKEN"] ? (env["PULUMI_API"] ?? PULUMI_CLOUD) : undefined;
}

/** The locks of a stack in a file backend, those of its older layout without projects among them. */
export function readLocks(folder: string, project: string, stack: string): StoredLock[] {
    const locks = join(folder, ".pulumi", "locks");
    return [join(locks, "organization", project, stack), join(locks, stack)]
        .filter((place) => existsSync(place))
        .flatMap((place) => readdirSync(place).map((name) => join(place, name)))
        .filter((file) => !file.endsWith(ATTRIBUTES))
        .flatMap((file) => readLock(file) ?? []);
}

function readLock(file: string): StoredLock | undefined {
    try {
        if (!statSync(file).isFile()) return undefined;
        const taken = JSON.parse(readFileSync(file, "utf8")) as NonNullable<StoredLock["taken"]>;
        const whole = Number.isInteger(taken.pid) && !Number.isNaN(Date.parse(taken.timestamp));
        return whole ? { file, taken } : { file };
    } catch (error) {
        // Its owner has just let go of it, or was killed while it wrote it.
        return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : { file };
    }
}
