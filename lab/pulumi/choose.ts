import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { satisfies } from "semver";
import { UserError } from "../../shared/terminal/errors";
import { onPath } from "../../shared/terminal/onPath";
import { askedProviderVersion, ensurePulumi, pulumiIsCached, type Pulumi } from "./artifacts";
import { backendHolds } from "./environment";

/** The oldest supported CLI. */
const OLDEST = "3.260";

/**
 * The Pulumi that runs the program in the lab. `auto`: a CLI on the PATH, otherwise the embedded engine. `real`: a CLI
 * on the PATH, otherwise the one that the lab builds. `embedded`: always the embedded engine.
 */
export type PulumiChoice = "auto" | "real" | "embedded";

/**
 * The choice of the environment variable `LAB_PULUMI`, `auto` by default.
 *
 * @throws UserError for any other value.
 */
export function choiceOfEnvironment(): PulumiChoice {
    const text = process.env["LAB_PULUMI"] ?? "auto";
    if (text === "auto" || text === "real" || text === "embedded") return text;
    throw new UserError(`LAB_PULUMI: expected auto, real or embedded, got ${JSON.stringify(text)}`, 2);
}

/**
 * The choice for a command about an existing stack.
 *
 * @param cached Whether the lab's own CLI is built. `auto` finds one on the PATH by itself.
 * @returns the choice of the environment; instead of `auto`, the lab's CLI for a stack that a CLI created.
 */
export function choiceForStack(stateDir: string, stack: string, cached = pulumiIsCached()): PulumiChoice {
    const choice = choiceOfEnvironment();
    return choice === "auto" && cached && backendHolds(stateDir, stack) ? "real" : choice;
}

/** The Pulumi CLI for a choice, built first if needed; undefined means the embedded engine. */
export async function choosePulumi(choice: PulumiChoice, report: (line: string) => void): Promise<Pulumi | undefined> {
    if (choice === "embedded") return undefined;
    const found = pulumiOnPath();
    if (found !== undefined && satisfies(found.versions.cli, `>=${OLDEST}`, { includePrerelease: true })) return found;
    if (found !== undefined) {
        report(
            `The pulumi on the PATH is not used, because its version ${found.versions.cli} is older than ${OLDEST}.`,
        );
    }
    if (choice === "auto") return undefined;
    const { binDir, pluginsDir, versions } = await ensurePulumi(report);
    return { program: `${binDir}/pulumi`, path: [binDir], pluginsDir, versions };
}

/** Names the CLI and the provider for people. */
export function describePulumi({ versions: { cli, provider, providerAskedFor } }: Pulumi): string {
    const under = provider === providerAskedFor ? "" : `, installed as ${providerAskedFor}`;
    return `Pulumi CLI ${cli}, Kubernetes provider ${provider}${under}`;
}

let onPathNow: Pulumi | undefined | null = null;

function pulumiOnPath(): Pulumi | undefined {
    if (onPathNow !== null) return onPathNow;
    const program = onPath("pulumi");
    if (program === undefined) return (onPathNow = undefined);
    const { status, stdout } = spawnSync(program, ["version"], {
        encoding: "utf8",
        env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    if (status !== 0) throw new UserError(`"${program} version" failed. Remove it from the PATH or reinstall it.`);
    const asked = askedProviderVersion();
    const versions = { cli: stdout.trim().replace(/^v/, ""), provider: asked, providerAskedFor: asked };
    return (onPathNow = { program, path: [dirname(program)], versions });
}
