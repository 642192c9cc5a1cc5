import type { Cluster } from "../../lab/cluster";
import { medianOf, setGoal } from "../mesh/numbers";
import { OURS, type BenchContext, type SectionResult } from "../section";
import { activeClusters, growMesh, type MeshSize } from "./mesh";
import { assertExit, describeUsage, recordUsage } from "./record";
import { measureCommand } from "./tree";

/** From what the lab's own mesh has to a large one. */
const SIZES: (MeshSize & { nominalClusters: number })[] = [
    { pods: 100, clusters: 0, nominalClusters: 10 },
    { pods: 1000, clusters: 1000, nominalClusters: 1000 },
    { pods: 5000, clusters: 5000, nominalClusters: 5000 },
];
const LIMIT_SECONDS = 90;
const MEMORY_NOTE =
    "Two Node.js processes take most of what the smallest mesh needs; the rest is the list of all pods, of which the doctor keeps what it reads.";
const REQUESTS = 50;

/** The doctor on meshes of a growing size. */
export async function measureDoctor(lab: Cluster, context: BenchContext, result: SectionResult): Promise<void> {
    let former: MeshSize = { pods: 0, clusters: 0 };
    const options = ["--from", "deploy/frontend", "-n", "demo", "--to", "http://backend/", "--json"];
    const args = ["doctor", "--kubeconfig", lab.kubeconfig, ...options, "--requests", String(REQUESTS)];
    for (const size of SIZES) {
        const { pods, nominalClusters: clusters } = size;
        await growMesh(lab, former, size, context.signal);
        former = size;
        for (let round = 0; round < Math.min(context.repeats, 2); round++) {
            const usage = await measureCommand(args, LIMIT_SECONDS, context.signal);
            const live = await activeClusters(lab, "frontend");
            const what = `doctor with ${String(pods)} pods, ${String(live)} clusters in a sidecar`;
            context.say(`${what}: ${describeUsage(usage)}`);
            assertExit(usage, 0, 1, 2);
            if (usage.finished && usage.code !== 0)
                result.notes.push(`${what}: it found a fault or could not look, which a mesh without one must not do.`);
            recordUsage(result, "doctor", { pods, clusters }, usage);
        }
    }
    const last = SIZES.at(-1);
    const about = {
        subject: OURS,
        conditions: { pods: last?.pods ?? 0, clusters: last?.nominalClusters ?? 0 },
    };
    const large = "doctor with 5000 pods and sidecars of 5000 clusters";
    for (const { metric, words, limit, unit, note } of [
        { metric: "doctor", words: "within 20 s", limit: 20, unit: "s" },
        { metric: "doctor, memory", words: "in 300 MB", limit: 300, unit: "MiB", note: MEMORY_NOTE },
    ]) {
        const value = medianOf(result, { metric, unit, ...about });
        setGoal(result, { text: `${large} ${words}`, value, limit: { atMost: limit }, unit, ...(note && { note }) });
    }
}
