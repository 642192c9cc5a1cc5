import { join } from "node:path";
import type { DoctorOptions } from "../../../../doctor";
import type { Cluster } from "../../../../lab/cluster";
import { runProgram, labStackConfig } from "../../../../lab/program";
import type { Operation } from "../../../../lab/engine";
import type { ProgramResult } from "../../../../lab/programResult";

/** A cluster as people have it, with a stack file in `../stacks`. */
export interface ClusterStack {
    /** Of the stack and of its file. */
    name: string;
    /** Services whose spans a trace joins: the caller, and the called one. */
    services: [caller: string, called: string];
    /** Makes what other teams have in the cluster before the first update. */
    prepare: (lab: Cluster, folder: string) => Promise<Others>;
}

/** What the other teams have made. */
export interface Others {
    /** Settings that only this machine knows, such as a port, and secrets. */
    settings: Record<string, string>;
    /** A setting that changes, and what the cluster shows of it before and after. */
    change: { settings: Record<string, string>; before: string; after: string; shown: () => string };
    /** Where the traces are, and for how long it can be asked. */
    openJaeger: () => Promise<{ url: string; close: () => Promise<void> }>;
    doctor: Partial<DoctorOptions>;
    /** Sends a request with these headers from the caller to the called one, and answers the status code. */
    request: (header: string) => string;
    /** Called beside each update, again and again. */
    beside?: () => void;
    /** Ends what is there only because the mesh is, such as the pods of their gateway. */
    endTraffic?: () => void;
    /** Takes all of it away. */
    remove: () => Promise<void>;
}

/** Runs an operation of a stack file of `../stacks`. */
export function runStack(
    lab: Cluster,
    { name }: ClusterStack,
    operation: Operation,
    settings: Record<string, string>,
): Promise<ProgramResult> {
    return runProgram({
        operation,
        stack: name,
        file: fileOf(name),
        cluster: lab,
        overrides: settings,
        report: () => undefined,
    });
}

/** Its settings in the lab, as commands that look at the cluster take them. */
export function settingsOf(
    lab: Cluster,
    { name }: ClusterStack,
    settings: Record<string, string>,
): Record<string, string> {
    const { project, config } = labStackConfig(name, lab, settings, fileOf(name));
    const own = Object.entries(config).filter(([key]) => key.startsWith(`${project}:`));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(project.length + 1), value]));
}

function fileOf(name: string): string {
    return join(__dirname, "..", "stacks", `Pulumi.${name}.yaml`);
}
