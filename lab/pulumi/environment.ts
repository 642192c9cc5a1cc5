import * as fs from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Pulumi } from "./artifacts";

const PROJECT_DIR = dirname(dirname(__dirname));

/** The folders of the CLI's state in a lab. */
export interface PulumiHome {
    env: NodeJS.ProcessEnv;
    /** Folder with a copy of Pulumi.yaml. The CLI writes stack files there, so that the user's files stay unchanged. */
    projectDir: string;
}

/** The CLI's environment for a lab: its own backend, its own plugins, and this Node.js. */
export function pulumiHome(pulumi: Pulumi, stateDir: string, kubeconfig: string): PulumiHome {
    const backend = join(stateDir, "pulumi");
    const projectDir = join(stateDir, "pulumi-project");
    for (const folder of [backend, projectDir]) fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.copyFileSync(join(PROJECT_DIR, "Pulumi.yaml"), join(projectDir, "Pulumi.yaml"));
    const env: NodeJS.ProcessEnv = {
        ...process.env,
        PATH: [...pulumi.path, dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
        PULUMI_BACKEND_URL: `file://${backend}`,
        // The state exists only as long as the lab, in a folder that only its owner can read.
        PULUMI_CONFIG_PASSPHRASE: process.env["PULUMI_CONFIG_PASSPHRASE"] ?? "lab",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // Enables the flag --event-log.
        PULUMI_DEBUG_COMMANDS: "true",
        KUBECONFIG: kubeconfig,
    };
    if (pulumi.pluginsDir !== undefined) {
        env["PULUMI_HOME"] = homeWith(pulumi.pluginsDir, join(stateDir, "pulumi-home"));
        // The lab has no connection to download one.
        env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true";
    }
    return { env, projectDir };
}

/** A PULUMI_HOME with the lab's plugins. */
function homeWith(pluginsDir: string, home: string): string {
    const link = join(home, "plugins");
    if (fs.lstatSync(link, { throwIfNoEntry: false }) !== undefined) {
        if (fs.readlinkSync(link) === pluginsDir) return home;
        fs.unlinkSync(link);
    }
    fs.mkdirSync(home, { recursive: true, mode: 0o700 });
    fs.symlinkSync(pluginsDir, link);
    return home;
}

/** File with a stack's settings in the lab, for the CLI. */
export function labConfigFile(stateDir: string, stack: string): string {
    return join(stateDir, `Pulumi.${stack}.lab.yaml`);
}

/** Whether the CLI created a stack in a lab, so that the lab's file backend contains it. */
export function backendHolds(stateDir: string, stack: string): boolean {
    const stacks = join(stateDir, "pulumi", ".pulumi", "stacks");
    if (!fs.existsSync(stacks)) return false;
    return fs.readdirSync(stacks).some((project) => fs.existsSync(join(stacks, project, `${stack}.json`)));
}
