import assert from "node:assert/strict";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Cluster } from "../../../lab/cluster";
import { JaegerClient, type Trace } from "../../../shared/jaeger/client";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import { PROBE_AGENT } from "../../../shared/names/probe";
import { startInLab } from "./jaegerPod";
import { freshContext, request } from "./mesh";
import { eventually, kubectl } from "./sharedLab";

const SYSTEM = "istio-system";

/** Short decisions, so that tests need not wait for long ones. */
export const DECISION_SECONDS = 2;

/** A tier for the lab: its decisions, and what it keeps. */
export function tier(keep: object, more: object = {}): Record<string, string> {
    const values = { enabled: true, keep, decisionWaitSeconds: DECISION_SECONDS, gracePeriodSeconds: 30, ...more };
    return { samplingPercent: "100", collectorTier: JSON.stringify(values) };
}

/** How many traces of each kind, such as `errors`, are sent. */
export type Counts = Record<string, number>;

/** Sends traces to the tier's Service from outside of the mesh; returns the ids of those that it took, by kind. */
export async function sendTraces(lab: Cluster, counts: Counts, seconds = 0): Promise<Record<string, string[]>> {
    const address = kubectl(
        lab,
        "get",
        "service",
        "tracing-collector",
        "-n",
        SYSTEM,
        "-o",
        "jsonpath={.spec.clusterIP}",
    );
    const url = `http://${address}:4318/v1/traces`;
    const sender = startInLab(lab, "scale/sendTraces.mjs", url, JSON.stringify(counts), String(seconds));
    assert.ok(sender.stdout);
    const [printed] = await Promise.all([text(sender.stdout), once(sender, "close")]);
    const ids: Record<string, string[]> = {};
    for (const line of printed.trim().split("\n")) {
        const [kind = "", id = ""] = line.split(" ");
        (ids[kind] ??= []).push(id);
    }
    return ids;
}

/** The traces of the sender that Jaeger has, by id, once no more arrive for longer than a decision takes. */
export async function storedTraces(
    lab: Cluster,
    since: number,
    decisionSeconds = DECISION_SECONDS,
): Promise<Map<string, Trace>> {
    const jaeger = new JaegerClient(lab.jaegerUrl);
    const read = async (): Promise<Map<string, Trace>> => {
        const found = new Map<string, Trace>();
        for (const service of ["shop.scale", "sender.scale"])
            for (const trace of await jaeger.tracesOf(service, 10_000, { startMicros: since * 1000 }))
                found.set(trace.traceId, trace);
        return found;
    };
    let last = -1;
    return eventually(60, async () => {
        const found = await read();
        const spans = [...found.values()].reduce((sum, trace) => sum + trace.spans.length, 0);
        if (spans === last) return found;
        last = spans;
        await new Promise((resolve) => setTimeout(resolve, (decisionSeconds + 2) * 1000));
        return "spans still arrive";
    });
}

/** Those of these traces that are stored with both of their spans. */
export function whole(stored: Map<string, Trace>, ids: string[] = []): Trace[] {
    return ids.flatMap((id) => {
        const trace = stored.get(id);
        return trace !== undefined && trace.spans.length >= 2 ? [trace] : [];
    });
}

/** Waits until Jaeger has both sides of a request through the mesh that rules of a tier keep, as they do the doctor's. */
export function joins(lab: Cluster): Promise<true> {
    const jaeger = new JaegerClient(lab.jaegerUrl);
    return eventually(60, async () => {
        const { header, traceId } = freshContext();
        assert.equal(request(lab, header, `user-agent: ${PROBE_AGENT}/test`), "200");
        await new Promise((resolve) => setTimeout(resolve, (DECISION_SECONDS + 4) * 1000));
        const trace = await jaeger.trace(traceId);
        if (trace === undefined) return "no trace reaches Jaeger";
        return whyNotJoined(trace, "frontend.demo", "backend.demo") ?? true;
    });
}

/** Names of the ready pods of a part of the tier. */
export function tierPods(lab: Cluster, app: string): string[] {
    const path = "jsonpath={range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{'\\n'}{end}";
    return kubectl(lab, "get", "pods", "-n", SYSTEM, "-l", `app=${app}`, "-o", path)
        .trim()
        .split("\n")
        .flatMap((line) => (line.trim().includes(" ") || line === "" ? [] : [line.trim()]));
}

/** The sum of a counter over all pods of a part of the tier, whether its name ends in `_total` or not. */
export function tierCounter(lab: Cluster, app: string, name: string): number {
    return tierPods(lab, app)
        .map((pod) => kubectl(lab, "get", "--raw", `/api/v1/namespaces/${SYSTEM}/pods/${pod}:8888/proxy/metrics`))
        .flatMap((metrics) => [...metrics.matchAll(new RegExp(`^${name}(?:_total)?(?:\\{[^}]*\\})? (\\S+)$`, "gm"))])
        .reduce((sum, match) => sum + Number(match[1]), 0);
}
