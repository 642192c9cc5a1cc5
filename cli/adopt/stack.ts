import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { AdoptedReleases } from "../../components/adopted";
import { PROJECT } from "../../shared/names/project";
import type { PlainObject } from "../../shared/values/plainObjects";
import { findPulumi, PROJECT_DIR } from "../repair/findPulumi";
import { lendKubeconfig } from "../repair/kubeconfig";
import { PulumiCli } from "../repair/pulumiCli";
import { parseStackName } from "../repair/stackName";
import { importFile, importReleases, judgePreview } from "./stackImport";
import type { AdoptTask, Outcome } from "./task";

/** Runs an action with the Pulumi CLI on the stack, or with the reason why there is none. */
export async function withStack<T>(
    { options, target, kubernetes }: AdoptTask,
    act: (cli: PulumiCli | string) => Promise<T>,
): Promise<T> {
    const { stack, configFile } = options;
    const name = parseStackName(stack, PROJECT);
    const found = findPulumi({ stack, configFile }, name, target, kubernetes);
    if (typeof found === "string") return act(found);
    const lent = lendKubeconfig(target);
    try {
        const { pulumi } = found;
        const cli = { pulumi, projectDir: PROJECT_DIR, stack, name, kubeconfig: lent.file };
        return await act(new PulumiCli({ ...cli, ...(configFile !== undefined && { configFile }) }));
    } finally {
        lent.remove();
    }
}

/** Where the import file of a stack goes. */
export function importFileOf({ file }: Pick<AdoptTask, "file">): string {
    return join(dirname(file), `${basename(file).replace(/\.ya?ml$/, "")}.import.json`);
}

/**
 * Puts the releases into the stack's state, and verifies by a preview that the program changes nothing in them but
 * tracing. Without a CLI, writes the file with which `pulumi import` does the first part.
 *
 * @param isMissing true if the state lacks one of them.
 */
export async function handOver(
    task: AdoptTask,
    cli: PulumiCli | string,
    releases: AdoptedReleases,
    isMissing: boolean,
    provider: PlainObject,
): Promise<Pick<Outcome, "next" | "state">> {
    const { stack } = task.options;
    const up = `pulumi up --stack ${stack}`;
    if (typeof cli === "string") {
        const file = importFileOf(task);
        writeFileSync(file, `${JSON.stringify(importFile(releases), undefined, 4)}\n`);
        const imports = `pulumi import --file ${basename(file)} --generate-code=false --yes --stack ${stack}`;
        return { next: [imports, `pulumi preview --diff --stack ${stack}`, up], state: "left" };
    }
    const steps = await importReleases(cli, releases, isMissing);
    const { traced, others, rest } = judgePreview(steps, releases, provider);
    const counts = Object.entries(rest).map(([what, count]) => `${what} ${String(count)}`);
    const verified =
        `a preview shows no change of the adopted releases${traced.length === 0 ? "" : ` but tracing (${traced.join(", ")})`}` +
        (counts.length === 0 ? "" : `; of this program's own resources: ${counts.join(", ")}`);
    if (others.length === 0) return { next: [`${up}   (${verified})`], state: "done" };
    return {
        next: [
            ...others.map((change) => `check what else the next update would change: ${change}`),
            `pulumi preview --diff --stack ${stack}`,
        ],
        state: "left",
    };
}
