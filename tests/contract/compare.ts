import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineResult } from "../../lab/engine";

interface Plan {
    changeSummary: Record<string, number>;
    steps: { op: string; type: string; name: string; dependencies?: string[]; replaceReasons?: string[] }[];
}

const plans = JSON.parse(readFileSync(join(__dirname, "plans.json"), "utf8")) as Record<string, Plan>;
const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
const sorted = (names: string[] | undefined): string[] => [...(names ?? [])].sort();
const order = (steps: { type: string; name: string }[]): void => {
    steps.sort((a, b) => `${a.type} ${a.name}`.localeCompare(`${b.type} ${b.name}`));
};
/** A name that the engine chose itself keeps only its form. */
const withoutHex = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll(/("bundle-auto)-[0-9a-f]{8}"/g, '$1-<hex>"'));

/** Holds a preview to what the real CLI planned in the same situation (see README.md). */
export function assertPlan(result: EngineResult, situation: string): void {
    const plan = plans[situation];
    assert.ok(plan, `no plan was recorded for "${situation}"`);
    assert.equal(result.failed, undefined);
    const made = result.steps
        .filter((step) => step.op !== "same" || step.type === "pulumi:pulumi:Stack")
        .map((step) => ({
            op: step.op,
            type: step.type,
            name: step.name,
            custom: step.custom,
            parent: step.parent === undefined ? undefined : nameOf(step.parent),
            dependencies: sorted([...new Set(step.dependencies.map(nameOf))]),
            inputs: step.custom ? step.inputs : undefined,
            detailedDiff: step.op === "create" || step.op === "delete" ? undefined : step.detailedDiff,
            replaceReasons: sorted(step.replaceReasons),
        }));
    const wanted = plan.steps.map((step) => ({
        ...{ parent: undefined, inputs: undefined, detailedDiff: undefined },
        ...step,
        dependencies: sorted(step.dependencies),
        replaceReasons: sorted(step.replaceReasons),
    }));
    // The recorder left out what a deleted resource had depended on.
    for (const step of made) if (step.op === "delete") step.dependencies = [];
    order(made);
    order(wanted);
    assert.deepEqual(withoutHex(made), withoutHex(wanted));
    const counts = Object.entries(result.summary).filter(([, count]) => count > 0);
    assert.deepEqual(Object.fromEntries(counts), plan.changeSummary);
}
