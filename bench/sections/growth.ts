import { measureDoctor } from "../growth/doctor";
import { makeTraced, removeBenchNamespaces } from "../growth/objects";
import { measurePolicy, OBJECTS } from "../growth/repository";
import { measureDrift, measurePreflight, measurePreviews } from "../growth/stackSize";
import { extended, up } from "../mesh/stack";
import type { Section, SectionResult } from "../section";

/** More would not fit into ten minutes. */
const MOST_ROUNDS = 3;
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
        const { signal, say } = context;
        const rounds = Math.min(context.repeats, MOST_ROUNDS);
        await removeBenchNamespaces(lab);
        try {
            await up(lab, { resources: extended(lab, "resources", LARGE_SIDECARS) });
            // First what needs a small cluster to itself.
            const endless = new Set<number>();
            for (let round = 0; round < rounds; round++) {
                for (const objects of OBJECTS) {
                    // What does not end is not waited for again.
                    if (endless.has(objects)) continue;
                    if (!(await measurePolicy(objects, context, result))) endless.add(objects);
                }
            }
            say("making 500 namespaces");
            await makeTraced(lab, 500, signal);
            for (let round = 0; round < rounds; round++) {
                await measurePreviews(context, result);
                await measurePreflight(lab, context, result);
                await measureDrift(lab, context, result);
            }
            await measureDoctor(lab, context, result);
        } finally {
            say("removing all that was made");
            await removeBenchNamespaces(lab);
            await up(lab);
        }
    },
};

function addNotes(result: SectionResult): void {
    result.notes.push(
        "Time is that of the command as a user starts it. CPU and memory are those of all its processes together; memory " +
            "that two of them share counts twice.",
        "Objects stand in the lab's real API server. The pods of the doctor's meshes are copies of a real injected pod, as " +
            "large as it, which no kubelet runs; the sidecars that it reads are real, with clusters from ServiceEntries.",
        "Without further ServiceEntries a sidecar of the lab has some 30 clusters, which stand for the smallest mesh of 10.",
    );
}
