import type { Cluster } from "../../lab/cluster";
import { kubectl } from "../mesh/kubernetes";
import { extended, QUIET, up } from "../mesh/stack";
import { ROUTER, SAMPLER } from "./parts";

/** Settings of `collectorTier` that the benchmark changes. */
export interface BenchTier {
    layout?: "split" | "single";
    samplers?: number;
    routers?: { min: number; max: number };
    keep: object;
    decisionWaitSeconds: number;
    gracePeriodSeconds: number;
    waitingTraces?: number;
    exclude?: object;
}

/** Runs `up` with this tier, and with a Jaeger that has room for what the benchmark sends, until every pod is replaced. */
export async function upTier(lab: Cluster, tier: BenchTier, maxTraces = 20_000): Promise<void> {
    await up(lab, {
        ...QUIET,
        collectorTier: JSON.stringify({ enabled: true, ...tier }),
        "jaeger.maxTraces": String(maxTraces),
        resources: extended(lab, "resources", {
            sampler: { limits: { memory: "2Gi" } },
            jaeger: { limits: { memory: "1536Mi" } },
        }),
    });
    const routers = tier.layout === "single" ? [] : [`deployment/${ROUTER.app}`];
    // Pulumi does not wait for the update of a StatefulSet.
    for (const workload of [...routers, `statefulset/${SAMPLER.app}`])
        await kubectl(lab, "rollout", "status", workload, "-n", "istio-system", "--timeout=150s");
}
