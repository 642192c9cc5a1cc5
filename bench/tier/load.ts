import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { join } from "node:path";

/** Traces to send, and how fast. */
export interface TraceLoad {
    /** Address of the Service that takes OTLP/gRPC. */
    address: string;
    /** @default 4317 */
    port?: number;
    /** Traces of each kind: errors, slow, other and health. */
    counts: Record<string, number>;
    spansPerTrace: number;
    /** Over which they are sent evenly; 0 sends them as fast as they are taken. */
    seconds: number;
    /** @default 4 */
    connections?: number;
    /** Most spans of an export, each of another trace. @default 100 */
    mostInGroup?: number;
    /** Exports without an answer, beyond which the sender waits. @default 200 */
    mostOpen?: number;
    /** How long it may take. @default a minute more than `seconds` */
    limitSeconds?: number;
}

/** What the sender knows of its traces. */
export interface SentTraces {
    /** Spans that were sent, whether they were taken or not. */
    spans: number;
    refusedSpans: number;
    seconds: number;
    /** IDs of traces whose spans were all acknowledged, by kind. */
    traces: Record<string, string[]>;
}

/** A stuck load must not outlive its section. */
const SPARE_SECONDS = 60;

/**
 * Sends traces from inside a network namespace.
 *
 * @param pid any process in that network; without one, they leave from this machine's own.
 */
export async function sendTraces(pid: number | undefined, load: TraceLoad, signal: AbortSignal): Promise<SentTraces> {
    const script = join(__dirname, "sendTraces.mjs");
    const settings = JSON.stringify({ port: 4317, ...load });
    const limit = String(load.limitSeconds ?? Math.ceil(load.seconds) + SPARE_SECONDS);
    const limited = ["timeout", "--signal=KILL", limit, process.execPath, script, settings];
    const [program = "", ...args] =
        pid === undefined ? limited : ["nsenter", "--target", String(pid), "--net", "--", ...limited];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], signal, killSignal: "SIGTERM" });
    child.on("error", () => undefined);
    const [said, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    signal.throwIfAborted();
    if (said === "") throw new Error(`the sender of traces ended without a result: ${errors.slice(0, 500)}`);
    return JSON.parse(said) as SentTraces;
}
