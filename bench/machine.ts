import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { dirname, join } from "node:path";

const PROJECT_DIR = dirname(__dirname);

/** The machine of the figures. */
export interface Machine {
    cpu: string;
    cores: number;
    memoryGiB: number;
    kernel: string;
    /** Load average of the minute before the start. */
    loadAtStart: number;
}

export function describeMachine(): Machine {
    const all = cpus();
    return {
        cpu: all[0]?.model.trim() ?? "unknown",
        cores: all.length,
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        kernel: `${type()} ${release()}`,
        loadAtStart: Number((loadavg()[0] ?? 0).toFixed(2)),
    };
}

/** Versions of this checkout's dependencies. */
export function packageVersions(): Record<string, string> {
    const version = (name: string): string =>
        (JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as { version: string }).version;
    const own = JSON.parse(readFileSync(join(PROJECT_DIR, "package.json"), "utf8")) as { version: string };
    return {
        "istio-tracing": own.version,
        node: process.versions.node,
        "@pulumi/pulumi": version("@pulumi/pulumi"),
        "@pulumi/kubernetes": version("@pulumi/kubernetes"),
    };
}

/** The commit that is checked out, with `+` when files differ from it; `unknown` outside of git. */
export function currentCommit(): string {
    const git = (...args: string[]): string | undefined => {
        const { status, stdout } = spawnSync("git", args, { cwd: PROJECT_DIR, encoding: "utf8" });
        return status === 0 ? stdout.trim() : undefined;
    };
    const commit = git("rev-parse", "--short=10", "HEAD");
    if (commit === undefined) return "unknown";
    // Files that a run writes do not count as differences.
    const changes = git("status", "--porcelain", "--", ".", ":!docs/benchmarks.md", ":!docs/benchmarks");
    return changes === "" ? commit : `${commit}+`;
}
