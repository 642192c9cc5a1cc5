import { NO_PULUMI, realPulumi, realSubjects } from "../projects";
import { untilQuiet } from "../quiet";
import { recorder } from "../recorder";
import type { BenchContext, Section, SectionResult } from "../section";
import { summarize } from "../statistics";
import { takeTurns } from "../turns";
import { timeFirstTrace, type Way } from "../firstTrace/trial";
import { ISTIOCTL, ways } from "../firstTrace/ways";

const TRACE = "empty cluster to first joined trace";
const COMMAND = "empty cluster to the end of the command";
const PARTS = "what the time to the first trace is made of";

const NOTE =
    "About half is the start of istiod's pod and of the two application pods. Istio's chart probes istiod every 3 s and Helm " +
    "asks for it every 2 s; the CRDs come before istiod, so that an upgrade never runs a new istiod on old CRDs.";

export const firstTrace: Section = {
    name: "first-trace",
    title: "First trace",
    usualMinutes: 9,
    run: runFirstTrace,
};

async function runFirstTrace(context: BenchContext, result: SectionResult): Promise<void> {
    result.notes.push(
        "How long somebody waits for the first trace: from the command, on a cluster that has nothing but its own parts, " +
            "to a trace in Jaeger that joins the frontend and the backend. Every trial has a new cluster, whose images are " +
            "already there. All ways get the settings that the lab's Envoy needs, and nothing else in common.",
        "The parts are what the API server shows: they follow each other, and what runs beside something slower takes no " +
            "time of its own. Resources of charts, and waits of the Pulumi provider, are in the part in which they fall.",
    );
    const pulumi = await realPulumi(context.say);
    if (pulumi === undefined) result.notes.push(NO_PULUMI);
    const subjects = realSubjects(pulumi);
    const { record, declare } = recorder(result);
    const all = ways(pulumi);
    for (const subject of new Set([subjects.ours, ...all.map((way) => way.subject), subjects.plain])) {
        declare({ metric: TRACE, subject, unit: "s" });
    }
    const measure = async (way: Way): Promise<void> => {
        const cluster = await context.freshLab();
        await way.prepare(cluster);
        await untilQuiet(context.signal);
        const { subject } = way;
        const trial = await timeFirstTrace(way, cluster, context.signal);
        context.say(`${subject}: ${trial.traceSeconds.toFixed(1)} s`);
        record({ metric: TRACE, subject, unit: "s" }, trial.traceSeconds);
        record({ metric: COMMAND, subject, unit: "s" }, trial.commandSeconds);
        for (const { name, seconds } of trial.phases)
            record({ metric: PARTS, subject, conditions: { part: name }, unit: "s", better: "neither" }, seconds);
        setGoals(result, subjects);
    };
    await takeTurns(
        context,
        all.map((way) => ({ subject: way.subject, measure: () => measure(way) })),
    );
}

/** The goals as far as there is something to compare, anew after each trial. */
function setGoals(result: SectionResult, { ours, plain }: { ours: string; plain: string }): void {
    const median = (subject: string): number | undefined =>
        summarize(result.figures.find((one) => one.metric === TRACE && one.subject === subject)?.samples ?? [])?.median;
    const own = median(ours);
    const peers = [plain, ISTIOCTL].map(median).filter((value) => value !== undefined);
    if (own === undefined) return;
    result.goals = [
        { text: "first trace by the Pulumi CLI", value: own, limit: { atMost: 14 }, unit: "s", note: NOTE },
    ];
    if (peers.length === 0) return;
    const value = own / Math.min(...peers);
    result.goals.push({ text: "first trace beside the best peer", value, limit: { atMost: 0.5 }, unit: "of its time" });
}
