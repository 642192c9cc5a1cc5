import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { provideVolumes, type Cluster } from "../../lab/cluster";
import type { EngineEvent, StackConfig } from "../../lab/engine";
import { mapValue } from "../../lab/engine/values";
import { labOverlay } from "../../lab/program";
import { exportPulumiStack, runPulumi, type Pulumi } from "../../lab/pulumi";
import { UserError } from "../../shared/terminal/errors";
import { deepMerge, mapAt, type PlainObject } from "../../shared/values/plainObjects";
import { CHARTS, STATE_FILE, stackFileName } from "./checkpoint";
import type { RecordedStack } from "./stacks";

/** The name that every recorded stack has for its cluster. */
const CONTEXT = "checkpoint";

/** Where something is recorded, and how. */
export interface Recorder {
    lab: Cluster;
    pulumi: Pulumi;
    /** Folder of the program to install: this checkout, or one of another version. */
    program: string;
    say: (line: string) => void;
}

/** Installs a stack with the real Pulumi, writes its state and its stack file into a folder, and removes it again. */
export async function recordStack(recorder: Recorder, stack: string, given: RecordedStack, into: string) {
    const { lab, pulumi, program, say } = recorder;
    const { settings, secrets } = settingsOf(recorder, given);
    const config: StackConfig = {
        project: "istio-tracing",
        config: asTexts({ ...settings, ...secrets }),
        secretKeys: Object.keys(secrets),
        changes: [],
    };
    const report = (event: EngineEvent): void => {
        if (event.kind === "failed") say(`${event.type} ${event.name}: ${event.message}`);
    };
    const run = async (operation: "up" | "destroy"): Promise<void> => {
        say(`${stack}: pulumi ${operation}`);
        const ended = await runPulumi({
            ...{ operation, stack, cluster: lab, config, pulumi, programDir: program, report },
        });
        if (ended.failed !== undefined) throw new UserError(`stack ${stack}: ${ended.failed}`);
    };
    await provideVolumes(lab);
    try {
        await run("up");
        const exported = withoutMachine(recorder, exportPulumiStack(pulumi, stack, lab.identity));
        const file = withoutMachine(recorder, JSON.stringify({ config: { ...settings, ...asSecure(secrets) } }));
        mkdirSync(into, { recursive: true });
        writeFileSync(join(into, STATE_FILE), `${JSON.stringify(withoutSalt(exported), undefined, 1)}\n`);
        writeFileSync(join(into, stackFileName(stack)), stringify(JSON.parse(file), { lineWidth: 0 }));
    } finally {
        await run("destroy");
    }
}

/** The settings of a stack as they are in its file: its own, those of the lab, and the further ones. */
function settingsOf({ lab, program }: Recorder, { basis, settings = {}, secrets = {} }: RecordedStack) {
    const configOf = (file: string): PlainObject => mapAt(parse(readFileSync(file, "utf8")), "config");
    const own = configOf(join(program, `Pulumi.${basis}.yaml`));
    return { settings: deepMerge(deepMerge(own, configOf(labOverlay(lab))), settings), secrets };
}

function asTexts(settings: PlainObject): Record<string, string> {
    const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
    return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, text(value)]));
}

/** Secrets in the form that they have in a stack file, but with the made-up text in place of the encrypted one. */
function asSecure(secrets: PlainObject): PlainObject {
    return mapValue(secrets, (part) => (typeof part === "string" ? { secure: part } : undefined)) as PlainObject;
}

/** The state without what belongs to the passphrase of the person who recorded it; its secrets are in plain text. */
function withoutSalt(exported: string): object {
    const state = JSON.parse(exported) as { deployment: PlainObject };
    const { deployment } = state;
    return { ...state, deployment: { ...deployment, secrets_providers: undefined } };
}

/**
 * The text with placeholders for what belongs to the machine on which it was recorded.
 *
 * @throws Error when something of the machine is left.
 */
function withoutMachine({ lab: { artifacts, identity }, program }: Recorder, text: string): string {
    const clean = text.replaceAll(artifacts.chartsDir, CHARTS).replaceAll(identity.name, CONTEXT);
    const machine = [homedir(), program, identity.checkout, identity.stateDir];
    const left = machine.find((path) => path !== "/" && clean.includes(`${path}/`));
    if (left !== undefined) throw new Error(`the recorded state still contains ${left}: replace it by a placeholder`);
    return clean;
}
