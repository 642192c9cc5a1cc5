import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Installer } from "../../checks/mesh/installer";
import { DEFAULT_REVISION } from "../../checks/mesh/sharedConfiguration";
import { resolveSettings, type Settings } from "../../components/settings";
import { tracingProvider } from "../../components/settings/adoptedProblems";
import { parseJson, type PlainObject } from "../../shared/values/plainObjects";
import { replaceFile } from "../../shared/stacks/replaceFile";
import { UserError } from "../../shared/terminal/errors";
import type { Connection, ConnectOptions } from "../cluster/connect";
import { withIstioSettings } from "./stackFile";

/** The options of {@link runAdopt}. */
export interface AdoptOptions extends ConnectOptions {
    stack: string;
    /** Gives an adopted Istio back. */
    undo: boolean;
    /** False only shows what it would do. */
    yes: boolean;
}

/** The result of {@link runAdopt}. */
export interface AdoptResult {
    cluster: string;
    /** The Istio, for people. */
    mesh: string;
    installer: Installer["kind"];
    /** What changes in the mesh, each by itself. */
    changes: string[];
    /** What is or would be written, in this order. */
    writes: string[];
    /** What to do then, such as a command. */
    next: string[];
    /**
     * `done`: nothing is left for this command to do. `planned`: nothing was written, because `yes` is false. `left`: the
     * user has to do the rest.
     */
    state: "done" | "planned" | "left";
}

/** What every way of adopting has at hand. */
export interface AdoptTask extends Connection {
    options: AdoptOptions;
    revision: string;
    /** The Istio, for people. */
    mesh: string;
    /** The file of the stack. */
    file: string;
}

/** What an Istio's way of adopting returns. */
export type Outcome = Omit<AdoptResult, "cluster" | "mesh" | "installer">;

/** The settings that make the stack trace an existing Istio. */
export function existingMeshSettings({ revision, settings }: AdoptTask, namespace: string): Record<string, unknown> {
    return {
        install: false,
        ...(revision !== DEFAULT_REVISION && { revision }),
        ...(namespace !== settings.istio.namespace && { namespace }),
    };
}

/**
 * The extension provider of a stack with further settings of the group `istio`: Jaeger is in the namespace of the control
 * plane.
 *
 * @throws SettingsError if the stack has settings that cannot stand beside them.
 */
export function providerWith(task: Pick<AdoptTask, "raw" | "options">, settings: Record<string, unknown>): PlainObject {
    return tracingProvider(resolveWith(task, settings));
}

function resolveWith(
    { raw, options }: Pick<AdoptTask, "raw" | "options">,
    settings: Record<string, unknown>,
): Settings {
    const { istio = "{}", ...others } = raw;
    const group = { ...(parseJson(istio) as PlainObject), ...settings };
    return resolveSettings({ ...others, istio: JSON.stringify(group) }, { stack: options.stack });
}

/**
 * A change of the stack's file: whether there is one, and what writes it.
 *
 * @throws SettingsError if the stack has settings that cannot stand beside the new ones.
 */
export function planSettings(
    task: Pick<AdoptTask, "file" | "raw" | "options">,
    settings: Record<string, unknown>,
): { changed: boolean; write: () => void } {
    const { file } = task;
    resolveWith(task, settings);
    const before = readStackFile(file);
    const text = withIstioSettings(before, basename(file), settings);
    // Only the form of the file may differ.
    const changed = withIstioSettings(before, basename(file), {}) !== text;
    return {
        changed,
        write: () => {
            if (changed) replaceFile(file, before, text);
        },
    };
}

function readStackFile(file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw new UserError(`could not read ${basename(file)}: ${(error as Error).message}`, 2);
    }
}
