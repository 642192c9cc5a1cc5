import { parseArgs } from "node:util";
import { runningCluster } from "../../lab/cluster";
import { describeOutcome, Interrupter, planBlows, type Outcome } from "../../lab/interrupt";
import { UserError } from "../../shared/terminal/errors";

/** Line of `npm run lab -- help`. */
export const INTERRUPT_ARGUMENTS = "[--count N] [--seed N] [--from N] [--verbose]";

/** Interrupts runs of the real CLI repeatedly, repairs each once, and reports how they continued. */
export async function interrupt(args: string[]): Promise<number> {
    const { count, seed, from, verbose } = parse(args);
    const lab = await runningCluster();
    if (lab === undefined) throw new UserError('"interrupt" needs the lab, but it is down. Next: npm run lab -- up', 2);
    const blows = planBlows(from + count, seed).slice(from);
    console.log(`${String(count)} interruptions with seed ${String(seed)}; to repeat them: --seed ${String(seed)}`);
    const interrupter = new Interrupter(lab);
    const outcomes: Outcome[] = [];
    for (const blow of blows) {
        const outcome = await interrupter.strike(blow);
        outcomes.push(outcome);
        console.log(`${String(from + outcomes.length - 1)}: ${describeOutcome(outcome)}`);
        if (verbose) console.log(outcome.repair);
    }
    await interrupter.bring(true);
    const broken = outcomes.filter((one) => one.broken !== undefined).length;
    const missed = outcomes.filter(({ hit }) => hit === undefined || hit.killed.length === 0).length;
    const whole = outcomes.length - broken - missed;
    console.log(
        `${String(outcomes.length)} interruptions: ${String(whole)} continued after one repair, ${String(broken)} did not, ` +
            `${String(missed)} hit no process.`,
    );
    return broken === 0 ? 0 : 1;
}

function parse(args: string[]): { count: number; seed: number; from: number; verbose: boolean } {
    const options = {
        count: { type: "string", default: "20" },
        seed: { type: "string", default: String(Date.now() % 1_000_000) },
        from: { type: "string", default: "0" },
        verbose: { type: "boolean", default: false },
    } as const;
    try {
        const { values } = parseArgs({ args, options });
        const number = (name: "count" | "seed" | "from"): number => {
            const value = Number(values[name]);
            if (Number.isInteger(value) && value >= 0) return value;
            throw new Error(`--${name}: expected a whole number, got ${JSON.stringify(values[name])}`);
        };
        return { count: number("count"), seed: number("seed"), from: number("from"), verbose: values.verbose };
    } catch (error) {
        throw new UserError(`${(error as Error).message}\nusage: npm run lab -- interrupt ${INTERRUPT_ARGUMENTS}`, 2);
    }
}
