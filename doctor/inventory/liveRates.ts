import type { PodObject } from "../../shared/kubernetes/objects";
import { liveOf, liveOfListener, runtimeAtStart, type Live } from "../analyzers/sampling/live";
import type { Access } from "../connection/access";
import type { Evidence } from "../evidence";
import type { LiveRate } from "../evidence/liveRate";
import { readHttpChains, type SidecarEvidence } from "../evidence/sidecar";
import type { ProbePath } from "../probe/path";
import { fullName, isReady } from "./mesh";
import type { Discovery } from "./objects";
import { workloadOf } from "./workload";
import { keyOf, listWorkloadRates, type Rate, type WorkloadRates } from "./workloadRates";

/** The maximum number of sidecars to examine outside the path. */
const SAMPLE = 5;

/** One pod for each rate that no sidecar of the path has, up to a limit. The doctor does not read a mesh pod by pod. */
export function chooseSample(discovery: Discovery, path: ProbePath): WorkloadRates[] {
    const onPath = [path.source, ...path.targets].map(fullName);
    const [walked, others] = partition(listWorkloadRates(discovery), ({ pods }) =>
        pods.some((pod) => onPath.includes(fullName(pod))),
    );
    const seen = new Set(walked.map(({ rates }) => keyOf(rates)));
    return others
        .filter(({ rates, pods }) => rates.client.reporting && pods.some(isReady))
        .filter(({ rates }) => {
            const isNew = !seen.has(keyOf(rates));
            seen.add(keyOf(rates));
            return isNew;
        })
        .slice(0, SAMPLE);
}

/** The live rates of a sample of sidecars, without those that cannot be read. */
export async function readSample(access: Access, sample: WorkloadRates[]): Promise<LiveRate[]> {
    const rates = await Promise.all(
        sample.map(async ({ rates: { client }, pods }): Promise<LiveRate[]> => {
            const pod = pods.find(isReady);
            const fact = pod && (await readHttpChains(access, pod));
            if (pod === undefined || fact === undefined || "failure" in fact) return [];
            const all = fact.value.flatMap(({ direction, tracing }) => (direction === "OUTBOUND" && tracing) || []);
            const [first] = all;
            const differ =
                new Set(all.map((one) => `${String(liveOfListener(one).percent)} ${String(one.randomSampling)}`)).size >
                1;
            // If listeners differ, an EnvoyFilter has changed some of them.
            if (first === undefined || differ) return [];
            return [compare(pod, "client", client, liveOfListener(first, runtimeAtStart(pod)))];
        }),
    );
    return rates.flat();
}

/** The live rates of the path's sidecars. */
export function liveOfPath(evidence: Evidence): LiveRate[] {
    const { source, targets, sampling, path } = evidence;
    const read = (sidecar: SidecarEvidence | undefined, side: LiveRate["side"]): LiveRate[] => {
        const rate = side === "client" ? sampling.source.client : sampling.target?.server;
        if (sidecar === undefined || rate?.reporting !== true) return [];
        const live = liveOf(sidecar, evidence);
        return live === undefined ? [] : [compare(sidecar.pod, side, rate, live)];
    };
    return [
        ...read(source, "client"),
        ...read(
            targets.find(({ pod }) => pod === path.targets[0]),
            "server",
        ),
    ];
}

function compare(pod: PodObject, side: LiveRate["side"], { percent, decidedBy }: Rate, live: Live): LiveRate {
    const workload = `${pod.metadata.namespace ?? ""}/${workloadOf(pod)}`;
    return {
        pod: fullName(pod),
        workload,
        side,
        configuredPercent: percent,
        decidedBy,
        livePercent: live.percent,
        drawnPercent: live.drawnPercent,
        overriddenBy: live.overriddenBy,
    };
}

function partition<T>(items: T[], test: (item: T) => boolean): [T[], T[]] {
    return [items.filter(test), items.filter((item) => !test(item))];
}
