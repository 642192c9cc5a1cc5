import { measureDoctor } from "../growth/doctor";
import { makeTraced, removeBenchNamespaces } from "../growth/objects";
import { measurePolicy, OBJECTS } from "../growth/repository";
import { measureDrift, measurePreflight, measurePreviews, MOST_NAMESPACES } from "../growth/stackSize";
import { extended, up } from "../mesh/stack";
import type { BenchContext, Section, SectionResult } from "../section";
import { takeTurns } from "../turns";

/** What is left for each part before the section has to end, in milliseconds: what follows it still has to be done. */
const REPOSITORY_RESERVE = 420_000;
const STACK_RESERVE = 300_000;
/** Room for the clusters of a large mesh. */
const LARGE_SIDECARS = { proxy: { limits: { memory: "1Gi" } } };

/** Section 5: what larger stacks, repositories and meshes cost. */
export const growth: Section = {
    name: "growth",
    title: "How cost grows with namespaces, objects, pods and clusters",
    usualMinutes: 9,
    run: async (context, result) => {
        addNotes(result);
        const lab = await context.lab();
        await removeBenchNamespaces(lab, context.signal);
        try {
            await measureRepositories(context, result);
            await up(lab, { resources: extended(lab, "resources", LARGE_SIDECARS) });
            context.say(`making ${String(MOST_NAMESPACES)} namespaces`);
            await makeTraced(lab, MOST_NAMESPACES, context.signal);
            await takeTurns({ ...context, deadline: context.deadline - STACK_RESERVE }, [
                { subject: "previews", measure: () => measurePreviews(context, result) },
                { subject: "preflight", measure: () => measurePreflight(lab, context, result) },
                { subject: "drift", measure: () => measureDrift(lab, context, result) },
            ]);
            await measureDoctor(lab, context, result);
        } finally {
            context.say("removing all that was made");
            await removeBenchNamespaces(lab, context.signal);
            await up(lab);
        }
    },
};

async function measureRepositories(context: BenchContext, result: SectionResult): Promise<void> {
    const endless = new Set<number>();
    const measure = async (objects: number): Promise<void> => {
        // What does not end is not waited for again.
        if (!endless.has(objects) && !(await measurePolicy(objects, context, result))) endless.add(objects);
    };
    const turns = OBJECTS.map((objects) => ({
        subject: `policy over ${String(objects)} objects`,
        measure: () => measure(objects),
    }));
    await takeTurns({ ...context, deadline: context.deadline - REPOSITORY_RESERVE }, turns);
}

function addNotes(result: SectionResult): void {
    result.notes.push(
        "Time is that of the command as a user starts it. CPU and memory are those of all its processes together; memory " +
            "that two of them share counts twice.",
        "The policy pack judges one file of manifests, half of whose workloads break several rules.",
        "Objects stand in the lab's real API server. The pods of the doctor's meshes are copies of a real injected pod, as " +
            "large as it, which no kubelet runs; the sidecars that it reads are real, with clusters from ServiceEntries.",
        "Without further ServiceEntries a sidecar of the lab has some 30 clusters, which stand for the smallest mesh of 10.",
    );
}
