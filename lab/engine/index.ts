import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UserError } from "../../shared/terminal/errors";
import { remove } from "./deletion";
import { Deployment, Stopped } from "./deployment";
import { lockState } from "./lock";
import { runProgram } from "./program";
import { readProject } from "./project";
import { Providers } from "./providers";
import { refresh, settlePending } from "./refresh";
import { StateFile } from "./stateFile";
import type { EngineOptions, EngineResult } from "./types";
import { stackType } from "./urns";
import { hide, type Values } from "./values";

export { loadStackConfig, type ConfigChange, type StackConfig } from "../stackConfig";
export type * from "./types";

/**
 * Previews, updates, refreshes or destroys a stack, with the unchanged Pulumi program in its own process.
 *
 * `failed` reports a failure of the program or of a resource. A lock or a state that stops the run is a UserError.
 */
export async function runEngine(given: EngineOptions): Promise<EngineResult> {
    const began = performance.now();
    const options = { ...given, projectDir: resolve(given.projectDir) };
    const { operation, stateFile, stack, projectDir } = options;
    const preview = operation === "preview";
    if (!preview && !options.kubeconfig) throw new UserError(`${operation} needs a cluster; pass a kubeconfig.`);
    const project = readProject(projectDir);
    const unlock = preview ? undefined : lockState(stateFile, `${operation} of stack ${stack}`);
    const providers = new Providers(options);
    try {
        const file = new StateFile(stateFile, project.name, stack);
        if (!preview) file.backup();
        const deployment = new Deployment(file, providers, options);
        let lastRegistrationMs: number | undefined;
        try {
            await settlePending(deployment);
            if (operation === "destroy") await remove(deployment, [...file.state.resources]);
            else if (operation === "refresh") await refresh(deployment);
            else await runProgram(deployment, project, () => (lastRegistrationMs = performance.now() - began));
        } catch (error) {
            if (!(error instanceof Stopped)) throw error;
        }
        await deployment.settled();
        if (!preview) await file.save();
        if (options.signal?.aborted) deployment.fail("The run was interrupted.", { kind: "program" });
        const { steps, counts: summary, diagnostics, failed, failure, registered } = deployment;
        const outputs = stackOutputs([...registered.values(), ...file.state.resources]);
        const durationMs = performance.now() - began;
        return { summary, steps, outputs, diagnostics, durationMs, lastRegistrationMs, failed, failure };
    } finally {
        providers.close();
        unlock?.();
    }
}

function stackOutputs(resources: { type: string; outputs: Values }[]): Values {
    return hide(resources.find((entry) => entry.type === stackType)?.outputs ?? {}, "[unknown]");
}

/** The outputs of the stack in a state file; secrets show as `[secret]`. */
export function readOutputs(stateFile: string): Values {
    return stackOutputs((JSON.parse(readFileSync(stateFile, "utf8")) as { resources: [] }).resources);
}
