import { runCleanup } from "../../cli/cleanup/index";
import { provideVolumes, type Cluster } from "../../lab/cluster";
import { labSettings } from "../../lab/program";
import {
    checkpointKiB,
    NO_PULUMI,
    oursEmbedded,
    oursReal,
    plainReal,
    realPulumi,
    realSubjects,
    STACK,
    type StackRunner,
} from "../projects";
import { recorder } from "../recorder";
import { OURS, type BenchContext, type Section, type SectionResult } from "../section";
import { takeTurns } from "../turns";
import { bootSeconds, OURS_PROGRAM, PLAIN_PROGRAM } from "../operations/boot";
import { operationGoals } from "../operations/goals";
import { leftovers, settledObjects, type LeftoverCounts, type Leftovers } from "../operations/inventory";
import { BOOT, LEFT, LEFT_AFTER_CLEANUP, LEFT_KINDS, METRICS } from "../operations/metrics";

/** Measurements without changes in each round, because a new cluster costs more. */
const QUICK_REPEATS = 2;
const PROGRAMS = { ours: OURS, plain: "plain program" };

export const operations: Section = {
    name: "operations",
    title: "Operations",
    usualMinutes: 9,
    run: runOperations,
};

async function runOperations(context: BenchContext, result: SectionResult): Promise<void> {
    result.notes.push(
        "What everyday work costs. A no-op up is `pulumi up --yes` with nothing to change: the preview, then the update. The " +
            "memory is the most that the command and all that it starts (language host, program, provider) have resident " +
            "at a time; pages that they share count for each of them. The checkpoint is the state that the backend keeps.",
        "The boot of the program is the time from the start of its process to its last registration, with an engine that " +
            "answers at once: what you wait before Pulumi can do anything. The lab's engine asks the cluster nothing in a " +
            "preview or a no-op up, so its figures are no promise for the Pulumi CLI.",
        "What is left are the objects that the cluster did not have before. Helm never deletes CRDs, and istiod's " +
            "ConfigMaps stay in every namespace; `npm run cleanup` removes both.",
    );
    const pulumi = await realPulumi(context.say);
    if (pulumi === undefined) result.notes.push(NO_PULUMI);
    const subjects = realSubjects(pulumi);
    const runners = [...(pulumi === undefined ? [] : [oursReal(pulumi), plainReal(pulumi)]), oursEmbedded()];
    const { declare } = recorder(result);
    for (const about of Object.values(METRICS))
        for (const subject of new Set([subjects.ours, subjects.plain, ...runners.map((one) => one.subject)]))
            declare({ ...about, subject });
    const measure = async (runner: StackRunner): Promise<void> => {
        await measureRound(runner, context, result);
        result.goals = operationGoals(result.figures, subjects, PROGRAMS);
    };
    await takeTurns(
        context,
        runners.map((runner) => ({ subject: runner.subject, measure: () => measure(runner) })),
    );
}

async function measureRound(runner: StackRunner, context: BenchContext, result: SectionResult): Promise<void> {
    const { record } = recorder(result);
    const { signal, say } = context;
    const { subject } = runner;
    const cluster = await context.freshLab();
    // The lab's engine would make them during up, and they outlive the stack.
    await provideVolumes(cluster);
    const empty = await settledObjects(cluster);
    await runner.prepare(cluster);
    say(`${subject}: up`);
    await runner.run(cluster, "up", { signal, skipPreview: true });
    record({ ...METRICS.checkpoint, subject }, checkpointKiB(runner, cluster));
    for (let repeat = 0; repeat < QUICK_REPEATS && !signal.aborted; repeat++) {
        say(`${subject}: no-op up, preview, boot`);
        const noop = await runner.run(cluster, "up", { signal, withMemory: true, expectNoChanges: true });
        record({ ...METRICS.noop, subject }, noop.seconds);
        record({ ...METRICS.noopMemory, subject }, noop.peakMiB);
        const preview = await runner.run(cluster, "preview", { signal, withMemory: true, expectNoChanges: true });
        record({ ...METRICS.preview, subject }, preview.seconds);
        record({ ...METRICS.previewMemory, subject }, preview.peakMiB);
        record({ ...BOOT, subject: PROGRAMS.ours }, await bootSeconds(OURS_PROGRAM, cluster, context.scratch));
        record({ ...BOOT, subject: PROGRAMS.plain }, await bootSeconds(PLAIN_PROGRAM, cluster, context.scratch));
    }
    if (signal.aborted) return;
    say(`${subject}: destroy`);
    const destroy = await runner.run(cluster, "destroy", { signal });
    record({ ...METRICS.destroy, subject }, destroy.seconds);
    const after = await settledObjects(cluster);
    recordLeftovers(LEFT, subject, leftovers(empty, after), result);
    if (subject.startsWith(OURS)) await cleanUp(cluster, empty, subject, result);
}

async function cleanUp(cluster: Cluster, empty: string[], subject: string, result: SectionResult): Promise<void> {
    await runCleanup({ raw: labSettings(STACK, cluster), kubeconfig: cluster.kubeconfig, dryRun: false });
    recordLeftovers(LEFT_AFTER_CLEANUP, subject, leftovers(empty, await settledObjects(cluster)), result);
}

/** So many remains are named in a note. */
const NAMED = 20;

function recordLeftovers(
    about: { metric: string; unit: string },
    subject: string,
    { counts, others }: Leftovers,
    result: SectionResult,
): void {
    const { record } = recorder(result);
    for (const [kind, part] of Object.entries(LEFT_KINDS) as [keyof LeftoverCounts, string][])
        record({ ...about, subject, conditions: { part } }, counts[kind]);
    if (others.length > 0) result.notes.push(`${subject}, ${about.metric}: ${others.slice(0, NAMED).join(", ")}.`);
}
