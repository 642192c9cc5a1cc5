import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Cluster } from "../../lab/cluster";
import { labOverlay } from "../../lab/program";
import { choiceOfEnvironment, choosePulumi } from "../../lab/pulumi";
import { addNote, medianOf, setGoal } from "../mesh/numbers";
import { STACK } from "../mesh/stack";
import { realSubjects } from "../projects";
import { OURS, type BenchContext, type SectionResult } from "../section";
import { tracedSetting } from "./manifests";
import { assertExit, describeUsage, recordUsage } from "./record";
import { kubeconfigBy, slowWayTo } from "./slowly";
import { measureCommand, type Usage } from "./tree";

/** Namespaces that are there, and that the largest stack traces. */
export const MOST_NAMESPACES = 500;
/** Namespaces that the program is to trace. */
const NAMESPACES = [10, 100, MOST_NAMESPACES];
const LATENCY_MS = 50;
const PREFLIGHT = "preflight of 500 namespaces at 50 ms of latency";
/** What runs the program in a lab without the Pulumi CLI. */
const EMBEDDED = `${OURS}, lab's engine`;
/** Longer than anything here should take by a multiple. */
const LIMIT_SECONDS = 120;

/** Preview with a growing number of namespaces, which are all there. */
export async function measurePreviews(context: BenchContext, result: SectionResult): Promise<void> {
    const pulumi = await choosePulumi(choiceOfEnvironment(), context.say);
    const subject = pulumi === undefined ? EMBEDDED : realSubjects(pulumi).ours;
    for (const namespaces of NAMESPACES) {
        const setting = `namespaces=${JSON.stringify(tracedSetting(namespaces))}`;
        const args = ["lab", "pulumi", "preview", "--stack", STACK, "--config", setting];
        const usage = await measureCommand(args, LIMIT_SECONDS, context.signal);
        context.say(`preview with ${String(namespaces)} namespaces: ${describeUsage(usage)}`);
        assertExit(usage, 0);
        recordUsage(result, "preview", { namespaces }, usage, subject);
    }
}

/** Preflight over a slow way to the API server. */
export async function measurePreflight(lab: Cluster, context: BenchContext, result: SectionResult): Promise<void> {
    const way = await slowWayTo(lab.identity.apiPort, LATENCY_MS);
    try {
        const kubeconfig = kubeconfigBy(lab.kubeconfig, way, context.scratch);
        const args = ["preflight", ...target(lab, kubeconfig, context.scratch), "--json"];
        const usage = await measureCommand(args, LIMIT_SECONDS, context.signal);
        assertExit(usage, 0, 1, 2);
        if (recordGivenUp(result, usage)) return;
        recordUsage(result, "preflight", { namespaces: MOST_NAMESPACES, latencyMs: LATENCY_MS }, usage);
        if (!usage.finished) return;
        const { skipped } = JSON.parse(usage.stdout) as { skipped: unknown[] };
        context.say(`${PREFLIGHT}: ${describeUsage(usage)}, ${String(skipped.length)} checks skipped`);
        const value = medianOf(result, {
            ...{ metric: "preflight", subject: OURS, unit: "s" },
            conditions: { namespaces: MOST_NAMESPACES, latencyMs: LATENCY_MS },
        });
        setGoal(result, { text: `${PREFLIGHT} within 30 s`, value, limit: { atMost: 30 }, unit: "s" });
        setGoal(result, {
            text: `${PREFLIGHT} skips no check`,
            value: skipped.length,
            limit: { atMost: 0 },
            unit: "checks skipped",
        });
    } finally {
        way.close();
    }
}

/** Records that preflight could not judge the cluster, and why; false when it could. */
function recordGivenUp(result: SectionResult, { code, stdout }: Usage): boolean {
    const givenUp = code === 2;
    if (givenUp) {
        const { findings } = JSON.parse(stdout) as { findings: { id: string; got: string }[] };
        const why = findings.map(({ id, got }) => `${id}: ${got}`).join(", ");
        addNote(result, `${PREFLIGHT} ended with the exit code 2 (${why}).`);
    }
    const text = `${PREFLIGHT} judges the cluster`;
    setGoal(result, { text, value: givenUp ? 1 : 0, limit: { atMost: 0 }, unit: "runs without a judgement" });
    return givenUp;
}

/** Drift of a stack that has two objects in each of 500 namespaces. */
export async function measureDrift(lab: Cluster, context: BenchContext, result: SectionResult): Promise<void> {
    const args = ["drift", ...target(lab, lab.kubeconfig, context.scratch)];
    const usage = await measureCommand(args, LIMIT_SECONDS, context.signal);
    context.say(`drift: ${describeUsage(usage)}`);
    assertExit(usage, 0, 1);
    recordUsage(result, "drift", { objects: 2 * MOST_NAMESPACES }, usage);
}

/** Options that name the stack, with all namespaces in its settings, and the cluster. */
function target(lab: Cluster, kubeconfig: string, scratch: string): string[] {
    const overlay = parse(readFileSync(labOverlay(lab), "utf8")) as { config: Record<string, unknown> };
    overlay.config["istio-tracing:namespaces"] = tracedSetting(MOST_NAMESPACES);
    const file = join(scratch, "namespaces.overlay.yaml");
    writeFileSync(file, JSON.stringify(overlay));
    return ["--stack", STACK, "--overlay", file, "--kubeconfig", kubeconfig];
}
