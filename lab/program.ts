import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { UserError } from "../shared/terminal/errors";
import { at, parseJson } from "../shared/values/plainObjects";
import { pointJaegerForward, provideOnDemand, provideVolumes, type Cluster, type OnDemandImageName } from "./cluster";
import { DOCTOR_IMAGE } from "./images/names";
import { loadStackConfig, readOutputs, runEngine, type EngineEvent, type Operation, type StackConfig } from "./engine";
import { labIdentity } from "./identity";
import type { ProgramResult } from "./programResult";
import { choiceOfEnvironment, choosePulumi, pulumiOutputs, runPulumi, type PulumiChoice } from "./pulumi";

const PROJECT_DIR = dirname(__dirname);

/** One run of the program. */
export interface ProgramRun {
    operation: Operation;
    stack: string;
    /**
     * File with the stack's settings.
     * @default Pulumi.STACK.yaml in the project's folder
     */
    file?: string;
    /** Without a lab, only a preview works, without the lab's overlay. */
    cluster: Cluster | undefined;
    /** Values that override the stack's, as with `pulumi config set`. */
    overrides?: Record<string, string>;
    /**
     * The Pulumi that runs it.
     * @default the environment variable LAB_PULUMI, otherwise `auto`
     */
    pulumi?: PulumiChoice;
    report: (event: EngineEvent) => void;
    signal?: AbortSignal;
}

/** Runs the unchanged program with a Pulumi CLI or the embedded engine. */
export async function runProgram(run: ProgramRun): Promise<ProgramResult> {
    if (run.operation === "up" && run.cluster !== undefined) await provideVolumes(run.cluster);
    const result = await runAnyEngine(run);
    const withJaeger = result.outputs["jaegerUiUrl"] !== undefined;
    // A recreated Service has another address, to which the printed port must lead.
    if (run.operation === "up" && run.cluster !== undefined && withJaeger) await pointJaegerForward(run.cluster);
    return result;
}

async function runAnyEngine(run: ProgramRun): Promise<ProgramResult> {
    // LAB_PULUMI is for whole test runs, which also preview without the lab.
    if (run.pulumi === "real" && run.cluster === undefined)
        throw new UserError(`"${run.operation} --real" needs the lab, but it is down. Next: npm run lab -- up`, 2);
    const config = labStackConfig(run.stack, run.cluster, run.overrides, run.file);
    if (config.changes.length > 0) run.report({ kind: "program", line: describeOverlay(run.stack, config) });
    const say = (line: string): void => {
        run.report({ kind: "program", line });
    };
    if (run.operation === "up" && run.cluster !== undefined) await provideImages(run.cluster, config, say);
    // Without a cluster, there is no state and nothing to read, so the embedded engine previews.
    const choice = run.pulumi ?? choiceOfEnvironment();
    const pulumi = run.cluster === undefined ? undefined : await choosePulumi(choice, say);
    if (pulumi !== undefined && run.cluster !== undefined)
        return runPulumi({ ...run, cluster: run.cluster, config, pulumi });
    const result = await runEngine({
        operation: run.operation,
        projectDir: PROJECT_DIR,
        stack: run.stack,
        config: config.config,
        secretKeys: config.secretKeys,
        stateFile: stateFile(run.stack),
        kubeconfig: run.cluster?.kubeconfig,
        helm: run.cluster === undefined ? "helm" : join(run.cluster.artifacts.binDir, "helm"),
        report: run.report,
        signal: run.signal,
    });
    return { pulumi: undefined, ...result };
}

/** The outputs of a stack that runs in the lab. */
export async function programOutputs(
    stack: string,
    choice: PulumiChoice = choiceOfEnvironment(),
): Promise<Record<string, unknown>> {
    const pulumi = await choosePulumi(choice, () => undefined);
    if (pulumi === undefined && !existsSync(stateFile(stack))) {
        throw new UserError(
            `expected the outputs of the stack ${stack}, but it was never installed in this lab. ` +
                `Next: npm run lab -- pulumi up --stack ${stack}`,
            2,
        );
    }
    return pulumi === undefined ? readOutputs(stateFile(stack)) : pulumiOutputs(pulumi, stack, labIdentity());
}

/** A stack's configuration, with the lab's overlay if there is a lab; `changes` lists the overlay's changes. */
export function labStackConfig(
    stack: string,
    cluster: Cluster | undefined,
    overrides: Record<string, string> = {},
    file?: string,
): StackConfig {
    const overlay = cluster && labOverlay(cluster);
    return loadStackConfig(PROJECT_DIR, stack, overlay, overrides, file);
}

/** File with the lab's overlay, for this lab. */
export function labOverlay({ artifacts, identity }: Cluster): string {
    const text = readFileSync(join(__dirname, "overlay.yaml"), "utf8");
    const file = join(identity.stateDir, "overlay.yaml");
    writeFileSync(file, text.replaceAll("{charts}", artifacts.chartsDir).replaceAll("{context}", identity.name));
    return file;
}

/** The program's settings in the lab, without the project's prefix. */
export function labSettings(stack: string, cluster: Cluster): Record<string, string> {
    const { project, config } = labStackConfig(stack, cluster);
    return Object.fromEntries(
        Object.entries(config).flatMap(([key, value]) =>
            key.startsWith(`${project}:`) ? [[key.slice(project.length + 1), value]] : [],
        ),
    );
}

/** Gives the lab the images of this configuration that it does not have from the start. */
async function provideImages(
    cluster: Cluster,
    { project, config }: StackConfig,
    say: (line: string) => void,
): Promise<void> {
    const group = (name: string): unknown => parseJson(config[`${project}:${name}`] ?? "");
    const isOn = (value: unknown): boolean => value === true || value === "true";
    const isOurs = at(group("doctor"), "image") === DOCTOR_IMAGE;
    const needed: Partial<Record<OnDemandImageName, boolean>> = {
        cni: at(group("istio"), "cni", "mode") === "install",
        prometheus: isOn(at(group("metrics"), "deployPrometheus")),
        collector: isOn(at(group("collectorTier"), "enabled")),
        doctor: isOurs && isOn(at(group("doctor"), "enabled")),
    };
    for (const [image, isNeeded] of Object.entries(needed))
        if (isNeeded) await provideOnDemand(cluster, image as OnDemandImageName, say);
}

function describeOverlay(stack: string, config: StackConfig): string {
    const keys = config.changes.map(({ key }) => key.slice(key.indexOf(":") + 1));
    return `lab/overlay.yaml is applied over the stack ${stack} and changes ${keys.join(", ")}`;
}

function stateFile(stack: string): string {
    return join(labIdentity().stateDir, "stacks", `${stack}.json`);
}
