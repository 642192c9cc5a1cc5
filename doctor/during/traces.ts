import { setTimeout as sleep } from "node:timers/promises";
import type { Trace } from "../../shared/jaeger/client";
import type { QueryEvidence } from "../evidence/query";
import { isComplete, readStructure, type Hop } from "../evidence/traceStructure";
import type { ChangeRequest } from "./request";

const POLL_MS = 500;
/** Queries at a time. */
const AT_A_TIME = 8;
/** How long a missing trace is looked for while the change goes on; it is looked for again at the end. */
const WATCHED_MS = 30_000;
/** Time between two attempts to find Jaeger again, which a change can restart. */
const REOPEN_MS = 5000;

/** A request whose trace is awaited. */
interface Awaited {
    request: ChangeRequest;
    spanId: string;
    hops: Hop[];
    /** `performance.now()` from which its spans can have arrived. */
    dueMs: number;
}

/** Follows the traces of requests into Jaeger while a change goes on. */
export class TraceFollower {
    private readonly awaited: Awaited[] = [];
    private readonly complete: Awaited[] = [];
    private query: QueryEvidence;
    private readonly reopen: () => Promise<QueryEvidence>;
    private readonly flushMs: number;
    private reopenedMs = performance.now();

    /**
     * @param reopen finds Jaeger again.
     * @param flushMs how long sidecars and the collector keep spans.
     */
    constructor(query: QueryEvidence, reopen: () => Promise<QueryEvidence>, flushMs: number) {
        this.query = query;
        this.reopen = reopen;
        this.flushMs = flushMs;
    }

    follow(request: ChangeRequest, spanId: string, hops: Hop[]): void {
        this.awaited.push({ request, spanId, hops, dueMs: performance.now() + this.flushMs });
    }

    /** Looks for due traces until `stopped` answers true. */
    async run(stopped: () => boolean): Promise<void> {
        while (!stopped()) {
            await this.lookForDue(performance.now() - WATCHED_MS);
            await sleep(POLL_MS);
        }
    }

    /** Looks for the rest of the traces for this time, then again for those that were complete. */
    async finish(patienceMs: number): Promise<void> {
        const limit = performance.now() + this.flushMs + patienceMs;
        while (this.awaited.length > 0 && performance.now() < limit) {
            await this.lookForDue();
            if (this.awaited.length > 0) await sleep(POLL_MS);
        }
        // A busy machine may not have looked for a while.
        await this.lookForDue();
        await inTurns(this.complete, async (one) => {
            const trace = await this.ask(one.request.traceId);
            if (trace === "none") one.request.trace = "gone";
        });
    }

    private async lookForDue(sinceMs = 0): Promise<void> {
        const now = performance.now();
        await inTurns(
            this.awaited.filter(({ dueMs }) => dueMs <= now && dueMs >= sinceMs),
            (one) => this.look(one),
        );
    }

    private async look(one: Awaited): Promise<void> {
        const trace = await this.ask(one.request.traceId);
        if (trace === undefined) return;
        const { request, spanId, hops } = one;
        const structure = readStructure(trace === "none" ? undefined : trace, spanId, hops);
        request.trace = trace === "none" ? "missing" : isComplete(structure) ? "complete" : "incomplete";
        request.without = trace === "none" ? [] : structure.missing;
        if (request.trace !== "complete") return;
        this.awaited.splice(this.awaited.indexOf(one), 1);
        this.complete.push(one);
    }

    /** Undefined if Jaeger does not answer. */
    private async ask(traceId: string): Promise<Trace | "none" | undefined> {
        try {
            return this.query.client === undefined ? undefined : ((await this.query.client.trace(traceId)) ?? "none");
        } catch {
            await this.findAgain();
            return undefined;
        }
    }

    private async findAgain(): Promise<void> {
        if (performance.now() - this.reopenedMs < REOPEN_MS) return;
        this.reopenedMs = performance.now();
        const found = await this.reopen().catch(() => undefined);
        if (found?.client !== undefined) this.query = found;
    }
}

async function inTurns<T>(items: T[], act: (item: T) => Promise<void>): Promise<void> {
    for (let index = 0; index < items.length; index += AT_A_TIME)
        await Promise.all(items.slice(index, index + AT_A_TIME).map(act));
}
