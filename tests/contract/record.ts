import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pulumiHome, type Pulumi } from "../../lab/pulumi";
import { cliPlayer } from "./cliPlayer";
import type { Recording } from "./compare";
import type { Record_ } from "./facts";
import { kubectl, play, sweep, type Lab } from "./play";
import { CHAPTERS } from "./situations";

const PROGRAM = ["Pulumi.yaml", "package.json", "tsconfig.json", "index.ts", "chapters", "chart"];

/** What made a recording: all that its facts may depend on. */
export function makers(lab: Lab, { versions }: Pulumi): Record<string, string> {
    const versionOf = (name: string): string => {
        const file = require.resolve(`${name}/package.json`);
        return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
    };
    const said = JSON.parse(kubectl(lab, ["version", "-o", "json"])) as { serverVersion: { gitVersion: string } };
    return {
        "Pulumi CLI": versions.cli,
        "Kubernetes provider": `${versions.provider}, installed as ${versions.providerAskedFor}`,
        "@pulumi/pulumi": versionOf("@pulumi/pulumi"),
        "@pulumi/kubernetes": versionOf("@pulumi/kubernetes"),
        Kubernetes: said.serverVersion.gitVersion,
    };
}

/** Runs chapters on the real CLI, each as a stack of its own in a folder that is removed afterwards. */
export async function record(
    lab: Lab,
    pulumi: Pulumi,
    chapters: string[],
    say: (line: string) => void,
): Promise<Recording["chapters"]> {
    const folder = mkdtempSync(join(tmpdir(), "contract-"));
    try {
        const { env } = pulumiHome(pulumi, folder, lab.kubeconfig);
        const project = join(folder, "project");
        mkdirSync(project);
        for (const name of PROGRAM) cpSync(join(__dirname, name), join(project, name), { recursive: true });
        symlinkSync(join(__dirname, "../../node_modules"), join(project, "node_modules"));
        const recorded: Recording["chapters"] = {};
        for (const chapter of chapters) {
            const real = { cli: pulumi.program, environment: { ...env, PULUMI_CONFIG_PASSPHRASE: "contract" } };
            const player = cliPlayer(real, lab, chapter, project);
            const records: Record_[] = [];
            try {
                for (const situation of CHAPTERS[chapter]?.situations ?? []) {
                    say(`${chapter}: ${situation.name}`);
                    records.push(await play(lab, chapter, situation, player));
                }
            } finally {
                sweep(lab, chapter);
            }
            recorded[chapter] = records;
        }
        return recorded;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
