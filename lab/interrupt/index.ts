import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Cluster } from "../cluster";
import type { EngineResult, Operation } from "../engine";
import { labSettings, runProgram } from "../program";
import { type ProgramResult } from "../programResult";
import { describeBlow, type Blow } from "./blows";
import { CheckpointWatch } from "./checkpoints";
import { killVictim } from "./victims";

export { describeBlow, planBlows, type Blow } from "./blows";

/** The result of an interruption. */
export interface Outcome {
    blow: Blow;
    /** The interrupted step and the killed processes; undefined if the run ended before. */
    hit: { step: string; killed: string[] } | undefined;
    /** The output of the repair. */
    repair: string;
    seconds: number;
    /** Why the repair did not work. */
    broken?: string;
}

const BOOTSTRAP = join(__dirname, "..", "..", "cli", "bootstrap.mjs");

/** Interrupts runs of the stack ci by the real CLI, then follows docs/operations.md as a user would. */
export class Interrupter {
    private readonly lab: Cluster;
    private installed: boolean | undefined;
    private change = 0;

    constructor(lab: Cluster) {
        this.lab = lab;
    }

    /**
     * Interrupts one run. Reports a broken stack instead of throwing, and the next run starts from a complete stack.
     *
     * @param between runs after the interruption and before the repair.
     */
    async strike(blow: Blow, between?: () => Promise<void>): Promise<Outcome> {
        const started = performance.now();
        await this.bring(blow.operation !== "up");
        if (blow.operation === "update") this.change++;
        const hit = await this.interrupt(blow);
        await between?.();
        const { code, output } = await this.repair();
        const outcome: Outcome = { blow, hit, repair: output, seconds: 0 };
        outcome.broken =
            code === 0 ? await this.goOn(blow.next) : `repair ended with exit code ${String(code)}:\n${output}`;
        outcome.seconds = (performance.now() - started) / 1000;
        this.installed = outcome.broken === undefined ? blow.next === "up" : undefined;
        return outcome;
    }

    /** Installs or removes the stack; if an interruption broke it, with all means. */
    async bring(installed: boolean): Promise<void> {
        if (this.installed === installed) return;
        const operation = installed ? "up" : "destroy";
        let result = await this.run(operation);
        for (let tries = 0; result.failed !== undefined && tries < 2; tries++) {
            await this.repair("--abandoned");
            result = await this.run(operation);
        }
        if (result.failed !== undefined) throw new Error(`${operation} no longer succeeds: ${result.failed}`);
        this.installed = installed;
    }

    private async interrupt({ operation, victim, at, step, delayMs }: Blow): Promise<Outcome["hit"]> {
        let hit: Outcome["hit"];
        let count = 0;
        const file = join(this.lab.identity.stateDir, "pulumi/.pulumi/stacks/istio-tracing/ci.json");
        const watching = new CheckpointWatch(file, (seen) => {
            if (seen.at !== at || hit !== undefined || count++ < step) return;
            hit = { step: `${seen.at} of ${seen.step}`, killed: [] };
            const { killed } = hit;
            setTimeout(() => killed.push(...killVictim(victim)), delayMs);
        });
        try {
            await this.run(operation === "destroy" ? "destroy" : "up");
        } finally {
            watching.close();
        }
        return hit;
    }

    /** Undefined if the operation continues and leaves nothing to do. */
    private async goOn(next: Blow["next"]): Promise<string | undefined> {
        // As in pulumi up, which first shows a preview.
        const preview = await this.run("preview");
        if (preview.failed !== undefined) return `the preview after the repair: ${preview.failed}`;
        const result = await this.run(next);
        if (result.failed !== undefined) return `${next} after the repair: ${result.failed}`;
        if (next === "destroy") return this.leftOvers();
        const again = await this.run("up");
        if (again.failed !== undefined) return `the up after that: ${again.failed}`;
        return isNothing(again.summary)
            ? undefined
            : `the up after that still had changes: ${JSON.stringify(again.summary)}`;
    }

    private async leftOvers(): Promise<string | undefined> {
        const kinds = "ns,clusterrole,clusterrolebinding,mutatingwebhookconfiguration,validatingwebhookconfiguration";
        const { output } = await run(join(this.lab.artifacts.binDir, "kubectl"), ["get", kinds, "-o", "name"], {
            KUBECONFIG: this.lab.kubeconfig,
        });
        const left = output.split("\n").filter((line) => /istio|\/demo$|jaeger/.test(line));
        return left.length === 0 ? undefined : `destroy left ${left.join(", ")}`;
    }

    private run(operation: Operation): Promise<ProgramResult> {
        const overrides = this.change === 0 ? {} : this.settings();
        return runProgram({
            operation,
            stack: "ci",
            cluster: this.lab,
            overrides,
            pulumi: "real",
            report: () => undefined,
        });
    }

    /** Settings that change a release, an ordinary object and the pods' configuration. */
    private settings(): Record<string, string> {
        const resources = JSON.parse(labSettings("ci", this.lab)["resources"] ?? "{}") as Resources;
        resources.istiod.requests.cpu = `${String(50 + this.change)}m`;
        resources.jaeger.requests.cpu = `${String(20 + this.change)}m`;
        return { resources: JSON.stringify(resources), samplingPercent: String(50 + (this.change % 40)) };
    }

    private repair(...more: string[]): Promise<Ended> {
        const args = [BOOTSTRAP, "lab", "repair", "--stack", "ci", "--yes", ...more];
        return run(process.execPath, args, { LAB_PULUMI: "real" });
    }
}

interface Resources {
    istiod: { requests: { cpu: string } };
    jaeger: { requests: { cpu: string } };
}

interface Ended {
    code: number | null;
    output: string;
}

function isNothing(summary: EngineResult["summary"]): boolean {
    return Object.entries(summary).every(([what, count]) => what === "same" || count === 0);
}

/** One line about an interruption. */
export function describeOutcome({ blow, hit, seconds, broken }: Outcome): string {
    const what = hit === undefined ? "the run ended before" : `${hit.step}: ${hit.killed.join(", ") || "no process"}`;
    const end = broken === undefined ? "continued" : `BROKEN: ${broken}`;
    return `${describeBlow(blow)} [${what}]: ${end} (${seconds.toFixed(0)} s)`;
}

function run(program: string, args: string[], env: Record<string, string>): Promise<Ended> {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
            output += text;
        });
    }
    return new Promise((resolve, reject) => {
        child.on("error", reject).on("close", (code) => {
            resolve({ code, output });
        });
    });
}
