import * as fs from "node:fs";
import * as path from "node:path";
import { type CacheEntry, fillEntry } from "./cache";
import { ensureEntry } from "./ensureEntry";
import { COMPILER_FLAGS, goEntry, type GoPart, linkerFlags, moduleFolder } from "./goParts";
import { findGo, goEnvironment } from "./goToolchain";
import { type GoCall, reduceModules } from "./reducedModule";
import { duration, type Report, Steps } from "./report";
import { run } from "./run";

/** The folder of a part's programs, built into the cache first if needed. */
export function ensureGoPart(report: Report, cacheDir: string, part: GoPart): Promise<string> {
    const what = `${part.name} ${part.version ?? ""}`.trim();
    const build = (entry: CacheEntry): Promise<void> =>
        new Steps(1, report).run(what, part.usualSeconds, (say) => buildGoPart(cacheDir, entry, part, say));
    return ensureEntry(report, cacheDir, () => goEntry(cacheDir, part), build);
}

/** Builds all programs of a part into its cache entry. */
export async function buildGoPart(cacheDir: string, entry: CacheEntry, part: GoPart, say: Report): Promise<void> {
    const env = goEnvironment(cacheDir);
    const call: GoCall = {
        go: await findGo(cacheDir, part, env, say),
        env,
        log: path.join(cacheDir, "logs", `go-${part.name}.log`),
    };
    const progress = new CompileProgress(part, say);
    try {
        await fillEntry(cacheDir, entry, async (folder) => {
            const staging = path.join(folder, "staging");
            fs.mkdirSync(path.join(staging, "bin"), { recursive: true });
            const modules = await reduceModules(part, staging, call);
            for (const group of groups(part)) {
                await compile(
                    part,
                    group,
                    [...modules, "-o", outputOf(group, path.join(staging, "bin"))],
                    call,
                    (line) => {
                        progress.line(line);
                    },
                );
            }
            moveAll(path.join(staging, "bin"), folder);
            fs.rmSync(staging, { recursive: true });
            await copyModuleFiles(part, folder, call);
        });
    } finally {
        progress.stop();
    }
}

/** Packages of one `go build`; one that has a name of its own for its program is alone. */
interface Group {
    packages: string[];
    single?: string;
}

/** `go build` names a program after its package, so a program with another name is built separately. */
function groups(part: GoPart): Group[] {
    const together: string[] = [];
    const alone: Group[] = [];
    for (const [program, source] of Object.entries(part.programs)) {
        if (path.posix.basename(source) === program) {
            together.push(source);
        } else {
            alone.push({ packages: [source], single: program });
        }
    }
    return together.length > 0 ? [{ packages: together }, ...alone] : alone;
}

function outputOf(group: Group, folder: string): string {
    return group.single === undefined ? `${folder}/` : path.join(folder, group.single);
}

async function compile(
    part: GoPart,
    group: Group,
    more: string[],
    { go, env, log }: GoCall,
    onLine: (line: string) => void,
): Promise<void> {
    await run({
        what: `build ${part.name}`,
        program: go,
        // -p is Go's own default, the number of CPUs.
        args: [
            ...["build", "-v", "-mod=readonly", "-buildvcs=false", "-trimpath", ...COMPILER_FLAGS],
            ...["-ldflags", linkerFlags(part), ...more, ...group.packages],
        ],
        cwd: moduleFolder(part),
        env,
        log,
        onLine,
        nextStep:
            "see the log; modules must be reachable through this machine's Go proxy (go env GOPROXY). " +
            "Run the same command again; compiled packages are kept.",
    });
}

async function copyModuleFiles(part: GoPart, folder: string, { go, env, log }: GoCall): Promise<void> {
    if (part.files === undefined) {
        return;
    }
    const { module, paths } = part.files;
    const source = await run({
        what: `find the module ${module}`,
        program: go,
        args: ["list", "-mod=readonly", "-m", "-f", "{{.Dir}}", module],
        cwd: moduleFolder(part),
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
