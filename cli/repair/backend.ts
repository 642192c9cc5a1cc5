import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import type { StoredLock } from "./lock";

/** The backend that stores a project's stacks. */
export interface Backend {
    url: string;
    /** Folder of a file backend; undefined for a backend whose locks only the CLI can read. */
    folder?: string;
}

/** The suffix of the backups that the file backend keeps of its files. */
const ATTRIBUTES = ".attrs";

type Environment = Record<string, string | undefined>;

const PULUMI_CLOUD = "https://api.pulumi.com";

/** Finds the backend as the Pulumi CLI does; undefined without a login. */
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

/** With only an access token, the CLI uses Pulumi Cloud, or the backend in PULUMI_API. */
function byToken(env: Environment): string | undefined {
    return env["PULUMI_ACCESS_TOKEN"] ? (env["PULUMI_API"] ?? PULUMI_CLOUD) : undefined;
}

/** The locks of a stack in a file backend, including those of its older layout without projects. */
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
        // Its owner has just released it, or was killed while writing it.
        return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : { file };
    }
}
