import pc from "picocolors";
import type { EngineEvent, PlanStep } from "../../lab/engine";

type StepKind = PlanStep["op"];

const SIGNS: Record<StepKind, string> = {
    create: pc.green("+"),
    update: pc.yellow("~"),
    replace: pc.yellow("+-"),
    delete: pc.red("-"),
    same: " ",
    refresh: pc.cyan("~"),
    import: pc.green("="),
    read: pc.cyan(">"),
    discard: pc.red("<"),
};
const PAST: Record<StepKind, string> = {
    create: "created",
    update: "updated",
    replace: "replaced",
    delete: "deleted",
    same: "unchanged",
    refresh: "refreshed",
    import: "imported",
    read: "read",
    discard: "forgotten",
};

/** The steps of a preview, one line each with the changed fields. Unchanged resources have no line. */
export function formatSteps(steps: PlanStep[]): string[] {
    return steps
        .filter((step) => step.op !== "same" && step.op !== "read" && step.type.startsWith("kubernetes:"))
        .map((step) => {
            const replacing = new Set(step.replaceReasons);
            const fields = Object.keys(step.detailedDiff ?? {}).map((field) =>
                replacing.has(field) ? `${field} (replaces)` : field,
            );
            return `${SIGNS[step.op]} ${what(step)} ${step.op}${fields.length === 0 ? "" : `: ${fields.join(", ")}`}`;
        });
}

/** An event of a run as one line; undefined if it is not shown. */
export function formatEvent(event: EngineEvent): string | undefined {
    switch (event.kind) {
        case "done":
            if (event.step === "same" || !event.type.startsWith("kubernetes:")) return undefined;
            return `${SIGNS[event.step]} ${what(event)} ${PAST[event.step]} (${(event.milliseconds / 1000).toFixed(1)} s)`;
        case "failed":
            return `${pc.red("x")} ${what(event)}: ${event.message}`;
        case "waiting":
            return `  ${what(event)}: ${event.reason}`;
        case "diagnostic":
            return event.severity === "debug" ? undefined : `${event.severity}: ${event.message}`;
        case "program":
            return event.line;
        case "start":
            return undefined;
    }
}

function what(event: { type: string; name: string }): string {
    return `${event.type.split(":").pop() ?? event.type} ${event.name}`;
}
