import { setTimeout } from "node:timers/promises";
import type { Cluster } from "../../lab/cluster";
import { JaegerClient, type Trace } from "../../shared/jaeger/client";
import { findJoined, whyNotJoined } from "../../shared/jaeger/joined";
import type { Report } from "../../shared/terminal/steps";

/** Service names under which the demo's sidecars report: `<app>.<namespace>`. */
export interface JoinedServices {
    caller: string;
    callee: string;
}

/** The result of the wait for a joined trace. */
export interface JoinedTrace {
    trace: Trace | undefined;
    /** Why there is no joined trace. */
    problem?: string;
    /** `performance.now()` when it was first found. */
    foundAt: number;
}

/**
 * Queries Jaeger until a trace joins the frontend and the backend, or the time limit ends.
 *
 * @param since milliseconds since 1970; older traces prove nothing about this run.
 */
export async function waitForJoinedTrace(
    cluster: Cluster,
    services: JoinedServices,
    since: number,
    limitSeconds: number,
    report: Report,
): Promise<JoinedTrace> {
    const jaeger = new JaegerClient(cluster.jaegerUrl);
    const limit = performance.now() + limitSeconds * 1000;
    let reason = "Jaeger was not queried yet";
    while (performance.now() < limit) {
        const now = await lookOnce(jaeger, services, since);
        if (typeof now !== "string") return { trace: now, foundAt: performance.now() };
        if (now !== reason) report(now);
        reason = now;
        await setTimeout(100);
    }
    const problem = `expected a trace that joins ${services.caller} and ${services.callee} within ${String(limitSeconds)} s, got none: ${reason}`;
    return { trace: undefined, problem, foundAt: performance.now() };
}

/** A joined trace, or why there is none yet. */
async function lookOnce(
    jaeger: JaegerClient,
    { caller, callee }: JoinedServices,
    since: number,
): Promise<Trace | string> {
    try {
        const traces = (await jaeger.tracesOf(callee)).filter(
            ({ spans }) => (spans[0]?.startMicros ?? 0) > since * 1000,
        );
        const found = findJoined(traces, caller, callee);
        if (found !== undefined) return found;
        const [newest] = traces;
        if (newest !== undefined)
            return `the newest trace is not joined: ${whyNotJoined(newest, caller, callee) ?? ""}`;
        const known = await jaeger.services();
        return `Jaeger has no new trace of ${callee}; its services are: ${known.length === 0 ? "none" : known.join(", ")}`;
    } catch (error) {
        return `cannot query Jaeger: ${(error as Error).message}`;
    }
}
