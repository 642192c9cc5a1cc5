import { spawn } from "node:child_process";
import { join } from "node:path";

/** The load and its limits. The first limit ends it. */
export interface Load {
    /** Address and port of the Service. */
    address: string;
    port: number;
    /** Host header. */
    authority: string;
    connections: number;
    seconds: number;
    /** @default no limit but `seconds` */
    requests?: number;
    /** @default as fast as answers come */
    requestsPerSecond?: number;
    /** Whether each request has its own sampled trace context. */
    traces?: boolean;
}

/** The result of a load. */
export interface LoadResult {
    sent: number;
    answered: number;
    failed: number;
    seconds: number;
}

/** An answered request, by its trace. */
export interface TracedRequest {
    traceId: string;
    /** Milliseconds since 1970. */
    sentAt: number;
}

/**
 * Sends requests from inside a pod's network, so that they leave through its sidecar.
 *
 * @param pid any process of the pod; without one the requests leave from this machine's own network.
 * @param onRequest receives each answered request, only with `traces`.
 */
export async function sendLoad(
    pid: number | undefined,
    load: Load,
    signal: AbortSignal,
    onRequest: (request: TracedRequest) => void = () => undefined,
): Promise<LoadResult> {
    const script = [process.execPath, join(__dirname, "closedLoop.mjs"), JSON.stringify({ requests: 1e9, ...load })];
    // A hanging load must not outlive the section.
    const limited = ["timeout", "--signal=KILL", String(Math.ceil(load.seconds) + 30), ...script];
    const [program = "", ...args] =
        pid === undefined ? limited : ["nsenter", "--target", String(pid), "--net", "--", ...limited];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    const stop = (): void => {
        child.kill("SIGTERM");
    };
    signal.addEventListener("abort", stop);
    let result: LoadResult | undefined;
    let rest = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const lines = `${rest}${text}`.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
            const said = JSON.parse(line) as LoadResult | TracedRequest;
            if ("traceId" in said) onRequest(said);
            else result = said;
        }
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    try {
        await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    } finally {
        signal.removeEventListener("abort", stop);
    }
    signal.throwIfAborted();
    if (result === undefined) throw new Error(`the load ended without a result: ${errors.slice(0, 500)}`);
    return result;
}
