import type { ChildProcess } from "node:child_process";
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Report } from "../images";
import type { LabIdentity } from "../identity";
import { hostAndPort } from "../ipFamilies";
import type { Viewer } from "../images/viewer";
import { RECEIVER_PORTS } from "../../shared/names/ports";
import { UserError } from "../../shared/terminal/errors";
import { findForwardsTo, freePort, spawnForward } from "./forwards";
import { findHolder, spawnDetached, whyEnded, type Holder } from "./holder";
import { endProcesses, listProcesses, namespaceOf, type ProcessInfo } from "./processes";
import type { Cluster } from "./record";
import { logFile } from "./supervisor";
import { waitFor } from "./wait";

/** Apart from the ports of the labs. */
const FIRST_PORT = 15000;
const LAST_START = 4800;

/** Spans in memory; the oldest traces are dropped beyond. */
const MAX_SPANS = 50_000;

/** Time limit for the start of the server, in seconds. It is 17 s on two busy processors. */
const START_LIMIT_SECONDS = 120;

/**
 * Starts the trace viewer inside the lab's network, if it is not running there, and a forward to it from the host's
 * loopback. Both end with the lab.
 *
 * @returns its URL on the host.
 * @throws UserError if it does not answer in time.
 */
export async function startViewer({ identity, artifacts }: Cluster, viewer: Viewer, report: Report): Promise<string> {
    const holder = findHolder(identity.name);
    if (holder === undefined)
        throw new UserError("expected a running lab for the trace viewer. Next: npm run lab -- up", 2);
    const running = await runningViewer(holder, identity, viewer);
    if (running !== undefined) return running;
    await endViewer(identity);
    const port = await freePort(FIRST_PORT + (identity.apiPort % LAST_START), []);
    const server = spawnServer(holder, identity, viewer);
    const rule = `127.0.0.1:${String(port)}=${target(identity)}`;
    const labnode = join(artifacts.binDir, "labnode");
    const forward = spawnForward(holder, identity, labnode, [rule], logFile(identity, "viewer-forward"));
    const url = `http://127.0.0.1:${String(port)}`;
    try {
        await waitFor("the trace viewer", () => whyUnhealthy(url), {
            intervalMilliseconds: 500,
            timeoutSeconds: START_LIMIT_SECONDS,
            log: logFile(identity, "viewer"),
            hopeless: () => howEnded(identity, server, forward),
            report,
        });
    } catch (error) {
        await endViewer(identity);
        throw error;
    }
    return url;
}

/** Ends the trace viewer of a lab and its forward, if they run. */
export async function endViewer(identity: LabIdentity): Promise<void> {
    const holder = findHolder(identity.name);
    const servers = holder === undefined ? [] : serversIn(holder, "zipkin-server");
    await endProcesses([...servers, ...findForwardsTo(identity.name, target(identity))]);
}

/** The URL of the viewer that runs and answers. */
async function runningViewer(holder: Holder, identity: LabIdentity, { jar }: Viewer): Promise<string | undefined> {
    if (serversIn(holder, basename(jar)).length === 0) return undefined;
    const [forward] = findForwardsTo(identity.name, target(identity));
    const listen = forward?.argv.find((word) => word.endsWith(`=${target(identity)}`))?.split("=")[0];
    if (listen === undefined) return undefined;
    const url = `http://${listen}`;
    return (await whyUnhealthy(url).catch(() => "no answer")) === undefined ? url : undefined;
}

function spawnServer(holder: Holder, identity: LabIdentity, { java, jar }: Viewer): ChildProcess {
    const folder = join(identity.stateDir, "viewer");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const options = [
        // Starts sooner, and its work is small.
        ...["-XX:TieredStopAtLevel=1", "-Xmx300m"],
        // Leaves no files outside the lab's folder.
        ...["-XX:-UsePerfData", `-Djava.io.tmpdir=${folder}`],
    ];
    const argv = ["--target", String(holder.process.pid), "--net", "--", java, ...options, "-jar", jar];
    const child = spawnDetached("nsenter", argv, logFile(identity, "viewer"), {
        PATH: process.env["PATH"],
        HOME: folder,
        QUERY_PORT: String(RECEIVER_PORTS.zipkin),
        MEM_MAX_SPANS: String(MAX_SPANS),
    });
    child.unref();
    return child;
}

/** Servers in the lab's network whose jar has such a name. */
function serversIn(holder: Holder, jar: string): ProcessInfo[] {
    const network = namespaceOf(holder.process.pid, "net");
    const isServer = ({ argv }: ProcessInfo): boolean =>
        argv.at(-2) === "-jar" && basename(argv.at(-1) ?? "").startsWith(jar);
    return listProcesses().filter((info) => isServer(info) && namespaceOf(info.pid, "net") === network);
}

function howEnded(identity: LabIdentity, server: ChildProcess, forward: ChildProcess): string | undefined {
    return whyEnded(server, logFile(identity, "viewer")) ?? whyEnded(forward, logFile(identity, "viewer-forward"));
}

async function whyUnhealthy(url: string): Promise<string | undefined> {
    const { status } = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) });
    return status === 200 ? undefined : `${url}/health answers ${String(status)}`;
}

function target(identity: LabIdentity): string {
    return hostAndPort(identity.nodeAddress, RECEIVER_PORTS.zipkin);
}
