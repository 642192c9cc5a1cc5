import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { upCluster } from "../lab/cluster";
import { ensurePulumi } from "../lab/pulumi";
import { UserError } from "../shared/terminal/errors";
import { parseOptionsAndWords } from "../shared/terminal/options";
import { runCommand } from "../shared/terminal/run";
import { CHECKPOINTS } from "../tests/upgrade/checkpoint";
import { recordStack } from "../tests/upgrade/record";
import { RECORDED_STACKS } from "../tests/upgrade/stacks";

const PROJECT_DIR = dirname(__dirname);
const USAGE = `npm run checkpoints -- [--program FOLDER] [STACK]...
  installs stacks in the lab with the real Pulumi, and keeps their states for tests/upgrade
  --program   checkout of the version to record, with its packages installed; default: this one
  STACK       ${Object.keys(RECORDED_STACKS).join(", ")}; default: all`;

runCommand(async (args) => {
    const { program: given, words } = parseOptionsAndWords(args, USAGE, { program: { type: "string" } });
    const stacks: string[] = words;
    const wrong = stacks.find((stack) => !(stack in RECORDED_STACKS));
    if (wrong !== undefined) throw new UserError(`expected a stack, got ${JSON.stringify(wrong)}\n${USAGE}`, 2);
    const program = resolve(given ?? PROJECT_DIR);
    const folder = join(CHECKPOINTS, versionOf(program));
    const lab = await upCluster(say);
    const { binDir, pluginsDir, versions } = await ensurePulumi(say);
    const pulumi = { program: `${binDir}/pulumi`, path: [binDir], pluginsDir, versions };
    for (const [stack, settings] of Object.entries(RECORDED_STACKS)) {
        if (stacks.length > 0 && !stacks.includes(stack)) continue;
        await recordStack({ lab, pulumi, program, say }, stack, settings, join(folder, stack));
    }
    say(`Recorded ${relative(PROJECT_DIR, folder)}. Next: commit it; npm run lab -- down`);
    return 0;
});

/**
 * Version and commit of a checkout. Rejects uncommitted changes, because the name must identify the recorded program.
 */
function versionOf(program: string): string {
    const git = (...args: string[]): string => {
        const { status, stdout, stderr } = spawnSync("git", args, { cwd: program, encoding: "utf8" });
        if (status !== 0) throw new UserError(`git ${args.join(" ")} failed in ${program}: ${stderr.trim()}`);
        return stdout.trim();
    };
    const changed = git("status", "--porcelain", "--untracked-files=no");
    if (changed !== "")
        throw new UserError(
            `expected no uncommitted changes in ${program}, got the ones below. Commit them first, then record the version:\n${changed}`,
        );
    const { version } = JSON.parse(readFileSync(join(program, "package.json"), "utf8")) as { version: string };
    return `${version}-${git("rev-parse", "--short=7", "HEAD")}`;
}

function say(line: string): void {
    console.log(line);
}
