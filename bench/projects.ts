import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import type { Cluster } from "../lab/cluster";
import { labStackConfig } from "../lab/program";
import { choosePulumi, pulumiHome, type Pulumi } from "../lab/pulumi";
import { pulumiIsCached } from "../lab/pulumi/artifacts";
import { measure, type Measured } from "./command";
import { OURS } from "./section";

const ROOT = dirname(__dirname);
/** The tutorial as a plain Pulumi program. */
export const PLAIN_DIR = join(__dirname, "peers", "plain-pulumi");
/** Stack of this program that is measured: that of the demo. */
export const STACK = "ci";

export type Operation = "up" | "preview" | "destroy";

/** A stack in the lab, and what runs it. */
export interface StackRunner {
    subject: string;
    /** Makes everything ready for the first operation on a new lab; nothing of it is measured. */
    prepare: (cluster: Cluster) => Promise<void>;
    run: (cluster: Cluster, operation: Operation, options?: RunOptions) => Promise<Measured>;
    /** File that holds the state. */
    checkpoint: (cluster: Cluster) => string;
}

export interface RunOptions {
    signal?: AbortSignal;
    withMemory?: boolean;
    /** `up` without the preview before it. */
    skipPreview?: boolean;
    /** An operation that changes something fails. */
    expectNoChanges?: boolean;
}

/** The Pulumi CLI of the PATH, or the one that the lab has built; undefined when there is neither. */
export async function realPulumi(say: (line: string) => void): Promise<Pulumi | undefined> {
    return (await choosePulumi("auto", say)) ?? (pulumiIsCached() ? choosePulumi("real", say) : undefined);
}

export const NO_PULUMI =
    'The real Pulumi CLI is neither on the PATH nor built, so its rows say "not measured". Build it and measure: npm run bench -- --real';

/** Subjects whose figures exist even where there is no Pulumi CLI: without samples. */
export function realSubjects(pulumi: Pulumi | undefined): { ours: string; plain: string } {
    const cli = pulumi === undefined ? "Pulumi CLI" : `Pulumi CLI ${pulumi.versions.cli}`;
    return { ours: `${OURS}, ${cli}`, plain: `plain program, ${cli}` };
}

/** This program by the lab's own engine, in a process of its own, as `npm run lab -- pulumi` runs it. */
export function oursEmbedded(): StackRunner {
    const env = { ...process.env, LAB_PULUMI: "embedded" };
    return {
        subject: `${OURS}, lab's engine`,
        prepare: () => Promise.resolve(),
        run: (_cluster, operation, { signal, withMemory } = {}) => {
            const args = [join(ROOT, "cli", "bootstrap.mjs"), "lab", "pulumi", operation, "--stack", STACK];
            return measure({ program: process.execPath, args, cwd: ROOT, env, signal, withMemory });
        },
        checkpoint: ({ identity }) => join(identity.stateDir, "stacks", `${STACK}.json`),
    };
}

/** This program by the Pulumi CLI. */
export function oursReal(pulumi: Pulumi): StackRunner {
    const config = (cluster: Cluster): Record<string, unknown> =>
        Object.fromEntries(
            Object.entries(labStackConfig(STACK, cluster).config).map(([key, text]) => [
                key,
                text.startsWith("{") ? (JSON.parse(text) as unknown) : text,
            ]),
        );
    return byCli(pulumi, { subject: realSubjects(pulumi).ours, dir: ROOT, stack: STACK, config });
}

/** The plain program by the Pulumi CLI. */
export function plainReal(pulumi: Pulumi): StackRunner {
    const config = (cluster: Cluster): Record<string, unknown> => plainConfig(cluster);
    return byCli(pulumi, { subject: realSubjects(pulumi).plain, dir: PLAIN_DIR, stack: "plain", config });
}

/** What the plain program needs in the lab: its charts, and the values without which the lab's Envoy does not work. */
export function plainConfig({ artifacts }: Cluster): Record<string, unknown> {
    const overlay = parse(readFileSync(join(ROOT, "lab", "overlay.yaml"), "utf8")) as {
        config: Record<string, unknown>;
    };
    const labValues = {
        ...(overlay.config["istio-tracing:istio"] as { values: object }).values,
        global: { imagePullPolicy: overlay.config["istio-tracing:imagePullPolicy"] },
        resources: (overlay.config["istio-tracing:resources"] as { istiod: unknown }).istiod,
    };
    return { "plain-pulumi:charts": artifacts.chartsDir, "plain-pulumi:labValues": labValues };
}

interface CliProject {
    subject: string;
    dir: string;
    stack: string;
    config: (cluster: Cluster) => Record<string, unknown>;
}

function byCli(pulumi: Pulumi, { subject, dir, stack, config }: CliProject): StackRunner {
    const environment = ({ identity, kubeconfig }: Cluster): NodeJS.ProcessEnv =>
        pulumiHome(pulumi, identity.stateDir, kubeconfig).env;
    const configFile = ({ identity }: Cluster): string => join(identity.stateDir, `bench.${stack}.yaml`);
    const project = (parse(readFileSync(join(dir, "Pulumi.yaml"), "utf8")) as { name: string }).name;
    return {
        subject,
        prepare: async (cluster) => {
            // The CLI writes a stack file beside Pulumi.yaml when it makes a stack.
            const copy = join(cluster.identity.stateDir, `bench-${stack}`);
            mkdirSync(copy, { recursive: true });
            copyFileSync(join(dir, "Pulumi.yaml"), join(copy, "Pulumi.yaml"));
            writeFileSync(configFile(cluster), stringify({ config: config(cluster) }), { mode: 0o600 });
            const args = ["stack", "select", "--create", stack, "--non-interactive"];
            await measure({ program: pulumi.program, args, cwd: copy, env: environment(cluster) });
        },
        run: (cluster, operation, { signal, withMemory, skipPreview, expectNoChanges } = {}) => {
            const args = [
                ...[operation, "--stack", stack, "--config-file", configFile(cluster), "--non-interactive"],
                ...(operation === "preview" ? [] : ["--yes"]),
                ...(skipPreview === true || operation === "destroy" ? ["--skip-preview"] : []),
                ...(expectNoChanges === true ? ["--expect-no-changes"] : []),
            ];
            return measure({ program: pulumi.program, args, cwd: dir, env: environment(cluster), signal, withMemory });
        },
        checkpoint: ({ identity }) => join(identity.stateDir, "pulumi", ".pulumi", "stacks", project, `${stack}.json`),
    };
}

/** Size of a state in KiB. */
export function checkpointKiB(runner: StackRunner, cluster: Cluster): number {
    return statSync(runner.checkpoint(cluster)).size / 1024;
}
