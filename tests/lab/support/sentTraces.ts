import assert from "node:assert/strict";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Cluster } from "../../../lab/cluster";
import type { JaegerClient } from "../../../shared/jaeger/client";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import { startInLab } from "./jaegerPod";
import { eventually, kubectl } from "./sharedLab";

const SYSTEM = ["-n", "istio-system"];
/** Questions to Jaeger at a time. */
const AT_ONCE = 8;

/**
 * Sends traces to Jaeger's collectors for so many seconds; returns the IDs of those that were acknowledged.
 *
 * @param pauseMs how long each of two senders waits after a call with five traces.
 */
export async function sendFor(
    lab: Cluster,
    seconds: number,
    meanwhile: () => Promise<void> | void = () => undefined,
    pauseMs = 100,
): Promise<string[]> {
    const address = ["-o", "jsonpath={.spec.clusterIP}"];
    const ip = kubectl(lab, "get", "service", "jaeger-collector", ...SYSTEM, ...address);
    const url = `http://${ip}:4318/v1/traces`;
    const sender = startInLab(lab, "storage/sendThrough.mjs", url, String(seconds), String(pauseMs));
    assert.ok(sender.stdout);
    const sent = Promise.all([text(sender.stdout), once(sender, "close")]);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await meanwhile();
    const [printed] = await sent;
    return printed.trim().split("\n");
}

/** Those of the traces that Jaeger does not find by their IDs. */
export async function missingIn(jaeger: JaegerClient, ids: string[]): Promise<string[]> {
    const missing: string[] = [];
    const rest = [...ids];
    const ask = async (): Promise<void> => {
        for (let id = rest.pop(); id !== undefined; id = rest.pop())
            if ((await jaeger.trace(id).catch(() => undefined)) === undefined) missing.push(id);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, ask));
    return missing;
}

/** Waits until Jaeger finds every one of the traces. */
export async function allFound(jaeger: JaegerClient, ids: string[], seconds: number): Promise<void> {
    let left = ids;
    await eventually(seconds, async () => {
        left = await missingIn(jaeger, left);
        return left.length === 0 ? true : `${String(left.length)} of ${String(ids.length)} traces are lost`;
    });
}

/** Waits until Jaeger has a request of the demo with the spans of both sides. */
export function joined(jaeger: JaegerClient, traceId: string, seconds = 60): Promise<true> {
    return eventually(seconds, async () => {
        const trace = await jaeger.trace(traceId).catch(() => undefined);
        if (trace === undefined) return "Jaeger does not find the trace";
        return whyNotJoined(trace, "frontend.demo", "backend.demo") ?? true;
    });
}

/** Deletes every pod of each role of Jaeger's, one after another, and waits for the pods that take their place. */
export function replacePods(lab: Cluster, roles: readonly string[]): void {
    for (const role of roles) {
        const selector = ["-l", `app=jaeger,app.kubernetes.io/component=${role}`];
        const pods = kubectl(lab, "get", "pods", ...SYSTEM, ...selector, "-o", "name")
            .trim()
            .split("\n");
        for (const pod of pods) {
            kubectl(lab, "delete", pod, ...SYSTEM, "--wait=true");
            kubectl(lab, "rollout", "status", `deployment/jaeger-${role}`, ...SYSTEM, "--timeout=90s");
        }
    }
}
