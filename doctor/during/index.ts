import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../shared/terminal/errors";
import type { Access } from "../connection/access";
import type { ExamineOptions } from "../evidence/collect";
import { fullName } from "../inventory/mesh";
import { describePath } from "../probe/path";
import { ChangeProbe } from "./probe";
import { findOutages, type ChangeRequest, type DuringReport } from "./request";

/** Requests on their way at a time; a slow application gets fewer. */
const IN_FLIGHT = 10;
/** Requests go on for this time after the change, which can still end old pods. */
const SETTLE_MS = 5000;
/** How long late traces are awaited, in addition to flush and batch times. */
const PATIENCE_MS = 10_000;

/** The path and the limits of the requests during a change. */
export interface DuringOptions extends ExamineOptions {
    /** Time between two requests, in milliseconds. */
    intervalMs: number;
    /** Time limit for the requests, in seconds. The change itself has none. */
    runSeconds: number;
    /** @default 5000 */
    settleMs?: number;
    /** @default 10000 */
    patienceMs?: number;
    say?: (line: string) => void;
}

/**
 * Sends a request in each interval while something changes, and follows their traces.
 *
 * @param change starts once a first request shows that the path works; its end ends the requests.
 * @throws UserError with exit code 2 if there is nothing to probe, or if the path does not work before the change.
 */
export async function observeChange(
    access: Access,
    options: DuringOptions,
    change: () => Promise<void>,
): Promise<DuringReport> {
    const { say = () => undefined, settleMs = SETTLE_MS, patienceMs = PATIENCE_MS, intervalMs, runSeconds } = options;
    const probe = await ChangeProbe.open(access, options);
    const { path, blind, requests, follower } = probe;
    say(`probing ${fullName(path.source)} -> ${path.url}`);
    await requireWorking(probe, patienceMs);

    const limitMs = performance.now() + runSeconds * 1000;
    let endMs = Infinity;
    let over = false;
    let stopped: string | undefined;
    const changed = change().finally(() => {
        endMs = performance.now() + settleMs;
    });
    // It is awaited after the requests.
    changed.catch(() => undefined);
    const following = follower.run(() => over);
    const flying = new Set<Promise<void>>();
    while (performance.now() < endMs && stopped === undefined) {
        await sleep(intervalMs);
        if (requests.length >= options.requests)
            stopped = `${String(options.requests)} requests were sent (--requests)`;
        else if (performance.now() > limitMs) stopped = `${String(runSeconds)} s had passed (--timeout)`;
        else if (flying.size < IN_FLIGHT) {
            const one: Promise<void> = probe.send().finally(() => flying.delete(one));
            flying.add(one);
        }
    }
    try {
        await changed;
    } finally {
        await Promise.all(flying);
        over = true;
        await following;
    }
    await follower.finish(patienceMs);
    return { path: describePath(path), intervalMs, requests, outages: findOutages(requests), blind, stopped };
}

/** Without a path that works before the change, nothing that is lost would be the change's cost. */
async function requireWorking({ send, requests, follower, blind }: ChangeProbe, patienceMs: number): Promise<void> {
    await send();
    if (blind === undefined) await follower.finish(patienceMs);
    const [first] = requests;
    if (first?.outcome === "answered" && (blind !== undefined || first.trace === "complete")) return;
    const got = first === undefined ? "none" : describeFault(first);
    throw new UserError(
        `expected a request with a complete trace before the command is started, got ${got}. Nothing was started. ` +
            "Next: find the fault with npm run doctor",
        2,
    );
}

function describeFault({ outcome, status, reason, trace, without }: ChangeRequest): string {
    if (outcome !== "answered") return reason === "" ? `HTTP status ${String(status)}` : reason;
    if (trace !== "incomplete") return "an answer, but no trace in Jaeger";
    return `an answer, but a trace ${without.length === 0 ? "that is not connected" : `without a span of ${without.join(", ")}`}`;
}
