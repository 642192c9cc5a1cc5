import { join } from "node:path";
import type { Cluster } from "../../lab/cluster";
import { runEngine } from "../../lab/engine";
import { labStackConfig } from "../../lab/program";
import { PLAIN_DIR, plainConfig, STACK } from "../projects";

/** A program that the lab's engine can preview. */
export interface Bootable {
    projectDir: string;
    stack: string;
    config: (cluster: Cluster) => Record<string, string>;
}

export const OURS_PROGRAM: Bootable = {
    projectDir: join(__dirname, "..", ".."),
    stack: STACK,
    config: (cluster) => labStackConfig(STACK, cluster).config,
};

export const PLAIN_PROGRAM: Bootable = {
    projectDir: PLAIN_DIR,
    stack: "plain",
    config: (cluster) =>
        Object.fromEntries(
            Object.entries(plainConfig(cluster)).map(([key, value]) => [
                key,
                typeof value === "string" ? value : JSON.stringify(value),
            ]),
        ),
};

/**
 * Seconds from the start of a program's process to its last registration, in a preview of an empty stack, whose
 * engine answers at once.
 */
export async function bootSeconds(program: Bootable, cluster: Cluster, scratch: string): Promise<number> {
    const { lastRegistrationMs, failed } = await runEngine({
        operation: "preview",
        projectDir: program.projectDir,
        stack: program.stack,
        config: program.config(cluster),
        stateFile: join(scratch, `${program.stack}.json`),
        kubeconfig: cluster.kubeconfig,
        helm: join(cluster.artifacts.binDir, "helm"),
        report: () => undefined,
    });
    if (failed !== undefined || lastRegistrationMs === undefined) {
        throw new Error(`the preview of ${program.projectDir} failed: ${failed ?? "it registered nothing"}`);
    }
    return lastRegistrationMs / 1000;
}
