import type { Cluster } from "../../lab/cluster";
import { kubectl, pause } from "../mesh/kubernetes";
import { sendTraces } from "./load";
import { addressOf, networkOfLab, readyPods, SAMPLER } from "./parts";

const NAMESPACE = "istio-system";
const WORKLOAD = `statefulset/${SAMPLER.app}`;
/** Has the runtime collect garbage often, and tell after each time how much is left. What is in use is not changed. */
const TELLING = ["GOGC=10", "GODEBUG=gctrace=1"];
/** Spans that the tier leaves out at once: garbage, so that a collection comes. */
const LEFT_OUT = { counts: { health: 10_000 }, spansPerTrace: 2, seconds: 4 };
const LOG_LINES = "400";

/** Starts the sampler anew so that it tells what it holds; the result puts it back. */
export async function tellHeap(lab: Cluster, signal: AbortSignal): Promise<() => Promise<void>> {
    const set = async (...values: string[]): Promise<void> => {
        await kubectl(lab, "set", "env", WORKLOAD, "-n", NAMESPACE, ...values);
        await kubectl(lab, "rollout", "status", WORKLOAD, "-n", NAMESPACE, "--timeout=120s");
    };
    await set(...TELLING);
    await readyPods(lab, SAMPLER, 1, signal);
    return () => set(...TELLING.map((value) => value.replace(/=.*/, "-")));
}

/** MiB that the only sampler holds, after garbage collections. */
export async function liveHeapMiB(lab: Cluster, signal: AbortSignal): Promise<number> {
    const address = await addressOf(lab, "tracing-collector");
    await sendTraces(networkOfLab(lab), { ...LEFT_OUT, address }, signal);
    await pause(1);
    const log = await kubectl(lab, "logs", `${SAMPLER.app}-0`, "-n", NAMESPACE, "--tail", LOG_LINES);
    const found = heapsIn(log).at(-1);
    if (found === undefined) throw new Error(`the sampler told of no garbage collection: ${log.slice(-300)}`);
    return found;
}

/**
 * MiB that were left after each garbage collection.
 *
 * Source: https://pkg.go.dev/runtime#hdr-Environment_Variables (gctrace)
 */
export function heapsIn(log: string): number[] {
    return [...log.matchAll(/^gc \d+ @.* \d+->\d+->(\d+) MB, /gm)].map((match) => Number(match[1]));
}
