import type { Figure, Goal } from "../section";
import { summarize } from "../statistics";
import { BOOT, METRICS } from "./metrics";

const BOOT_NOTE =
    "Node.js starts and loads the Pulumi SDK and the classes of the Kubernetes provider; the program's own code is a small part.";
const CHECKPOINT_NOTE =
    "The stack has about twice the plain program's resources (Telemetry, policies, access rules), and Pulumi keeps the inputs and the live outputs of each.";

/** The goals as far as there is something to measure them by. */
export function operationGoals(
    figures: readonly Figure[],
    cli: { ours: string; plain: string },
    program: { ours: string; plain: string },
): Goal[] {
    const median = (metric: string, subject: string): number | undefined =>
        summarize(figures.find((one) => one.metric === metric && one.subject === subject)?.samples ?? [])?.median;
    const half = (metric: string, text: string, note?: string): Goal[] => {
        const [own, peer] = [median(metric, cli.ours), median(metric, cli.plain)];
        if (own === undefined || peer === undefined) return [];
        return [
            { text, value: own / peer, limit: { atMost: 0.5 }, unit: "of the plain program's", ...(note && { note }) },
        ];
    };
    const boot = median(BOOT.metric, program.ours);
    return [
        ...(boot === undefined
            ? []
            : [{ text: BOOT.metric, value: boot, limit: { atMost: 1 }, unit: BOOT.unit, note: BOOT_NOTE }]),
        ...half(METRICS.noop.metric, "no-op up by the Pulumi CLI"),
        ...half(METRICS.checkpoint.metric, "checkpoint of the Pulumi CLI", CHECKPOINT_NOTE),
    ];
}
