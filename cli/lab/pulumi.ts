import { parseArgs } from "node:util";
import { runningCluster } from "../../lab/cluster";
import type { EngineResult, Operation } from "../../lab/engine";
import { programOutputs, runProgram } from "../../lab/program";
import { type ProgramResult } from "../../lab/programResult";
import { describePulumi, type PulumiChoice } from "../../lab/pulumi";
import { reportEvents } from "../demo/events";
import { formatSteps } from "./engineEvents";
import { UserError } from "../../shared/terminal/errors";
import { formatOutputs } from "../../shared/terminal/outputs";

const OPERATIONS = ["preview", "up", "refresh", "destroy", "output"] as const;

/** Line of `npm run lab -- help`. */
export const PULUMI_ARGUMENTS = `${OPERATIONS.join("|")} [--stack STACK] [--config KEY=VALUE]... [--real]`;

/** Runs the program, or shows its outputs, in the lab of this checkout. */
export async function pulumi(args: string[]): Promise<number> {
    const { operation, stack, overrides, choice } = parse(args);
    if (operation === "output") {
        console.log(JSON.stringify(await programOutputs(stack, choice), undefined, 2));
        return 0;
    }
    const cluster = await runningCluster();
    if (cluster === undefined && operation !== "preview") {
        throw new UserError(`"${operation}" needs the lab, but it is down. Next: npm run lab -- up`, 2);
    }
    if (cluster === undefined && choice !== "real")
        console.log("The lab is down. The preview shows what the stack would create on an empty cluster.");
    const abort = new AbortController();
    process.once("SIGINT", () => {
        console.log("Interrupted: operations that have started are completed.");
        abort.abort();
    });
    const result = await runProgram({
        operation,
        stack,
        cluster,
        overrides,
        pulumi: choice,
        signal: abort.signal,
        report: reportEvents((line) => {
            console.log(line);
        }),
    });
    if (operation === "preview") for (const line of formatSteps(result.steps)) console.log(line);
    for (const line of describe(operation, stack, result)) console.log(line);
    return result.failed === undefined ? 0 : 1;
}

interface PulumiArguments {
    operation: Operation | "output";
    stack: string;
    overrides: Record<string, string>;
    /** Undefined uses the environment. */
    choice: PulumiChoice | undefined;
}

function parse(args: string[]): PulumiArguments {
    const options = {
        stack: { type: "string", default: "ci" },
        config: { type: "string", multiple: true },
        real: { type: "boolean", default: false },
    } as const;
    try {
        const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
        const [name = "", ...more] = positionals;
        const operation = OPERATIONS.find((known) => known === name);
        if (operation === undefined || more.length > 0) {
            throw new Error(`expected one of ${OPERATIONS.join(", ")}, got ${JSON.stringify(positionals.join(" "))}`);
        }
        const pairs = (values.config ?? []).map((pair) => {
            const [key = "", ...rest] = pair.split("=");
            if (key === "" || rest.length === 0) throw new Error(`expected KEY=VALUE, got ${JSON.stringify(pair)}`);
            return [key, rest.join("=")] as const;
        });
        const choice = values.real ? "real" : undefined;
        return { operation, stack: values.stack, overrides: Object.fromEntries(pairs), choice };
    } catch (error) {
        throw new UserError(`${(error as Error).message}\nusage: npm run lab -- pulumi ${PULUMI_ARGUMENTS}`, 2);
    }
}

function describe(operation: Operation, stack: string, result: ProgramResult): string[] {
    const seconds = (result.durationMs / 1000).toFixed(1);
    const by = result.pulumi === undefined ? "the lab's engine" : describePulumi(result.pulumi);
    if (result.failed !== undefined)
        return [result.failed, `${operation} of ${stack} failed after ${seconds} s (${by}).`];
    const head = `${operation} of ${stack} by ${by}: ${counts(result.summary)}${seconds} s`;
    const next = {
        preview: `npm run lab -- pulumi up --stack ${stack}`,
        up: `npm run lab -- pulumi output --stack ${stack}, or npm run lab -- status`,
        refresh: `npm run lab -- pulumi up --stack ${stack}`,
        destroy: "npm run lab -- down",
    }[operation];
    return [head, ...(operation === "destroy" ? [] : formatOutputs(result.outputs)), `Next: ${next}`];
}

function counts(summary: EngineResult["summary"]): string {
    const parts = Object.entries(summary).flatMap(([what, count]) => (count > 0 ? [`${String(count)} ${what}`] : []));
    return parts.length === 0 ? "" : `${parts.join(", ")}; `;
}
