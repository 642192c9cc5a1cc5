import { setTimeout } from "node:timers/promises";
import type { Cluster } from "../../lab/cluster";
import { JaegerClient, type Trace } from "../../shared/jaeger/client";
import { findLinked } from "../../shared/jaeger/joined";
import { openClient } from "../../shared/cluster/client";
import { openTarget } from "../../shared/cluster/target";
import { ClusterWatch } from "./clusterWatch";
import { phases, type Phase } from "./phases";

/** The namespace's name is part of the service's name in a trace. */
const CALLER = "frontend.demo";
const CALLEE = "backend.demo";
const LIMIT_SECONDS = 180;
const LOOK_MS = 100;
/** Time limit of one answer, because a starting pod may not answer. */
const ANSWER_SECONDS = 2;

/** One way from an empty cluster to a trace. */
export interface Way {
    subject: string;
    /** Jaeger's query Service in istio-system, `name:port`, and the path below which it answers. */
    query: { service: string; basePath: string };
    /** Prepares a new lab. Not measured. */
    prepare: (cluster: Cluster) => Promise<void>;
    /** The user's command. */
    install: (cluster: Cluster, signal: AbortSignal) => Promise<unknown>;
}

/** The result of one trial. */
export interface Trial {
    /** Seconds from the start of the command to the first joined trace in Jaeger. */
    traceSeconds: number;
    /** Seconds to the end of the command. */
    commandSeconds: number;
    phases: Phase[];
}

/** Installs on an empty cluster, and queries Jaeger for a joined trace from the start. */
export async function timeFirstTrace(way: Way, cluster: Cluster, signal: AbortSignal): Promise<Trial> {
    const client = await openClient(openTarget({ kubeconfig: cluster.kubeconfig }), ANSWER_SECONDS);
    const watch = await ClusterWatch.begin(cluster.kubeconfig);
    const ended = new AbortController();
    try {
        const base = `/api/v1/namespaces/istio-system/services/${way.query.service}/proxy${way.query.basePath}`;
        const jaeger = new JaegerClient(base, async (path) => {
            const answer = await client.get<unknown>(path);
            return "value" in answer ? answer.value : undefined;
        });
        const start = performance.now();
        const command = way.install(cluster, signal).then(() => performance.now());
        // A failed command ends the wait, because no trace can arrive any more.
        command.catch(() => {
            ended.abort();
        });
        const { trace, at } = await untilJoined(jaeger, [signal, ended.signal]).catch(async (error: unknown) => {
            await command;
            throw error;
        });
        watch.times.firstRequest = fromEpoch(Math.min(...trace.spans.map(({ startMicros }) => startMicros)) / 1000);
        watch.times.visible = at;
        const commandEnd = await command;
        return {
            traceSeconds: (at - start) / 1000,
            commandSeconds: (commandEnd - start) / 1000,
            phases: phases(start, watch.times),
        };
    } finally {
        watch.end();
        client.close();
    }
}

async function untilJoined(jaeger: JaegerClient, signals: AbortSignal[]): Promise<{ trace: Trace; at: number }> {
    const end = performance.now() + LIMIT_SECONDS * 1000;
    while (performance.now() < end && !signals.some(({ aborted }) => aborted)) {
        const trace = findLinked(await jaeger.tracesOf(CALLEE), CALLER, CALLEE);
        if (trace !== undefined) return { trace, at: performance.now() };
        await setTimeout(LOOK_MS);
    }
    throw new Error(`no trace joined ${CALLER} and ${CALLEE} within ${String(LIMIT_SECONDS)} s`);
}

/** Converts wall clock time to the monotonic clock. */
function fromEpoch(milliseconds: number): number {
    return milliseconds - performance.timeOrigin;
}
