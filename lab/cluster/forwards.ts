import type { ChildProcess } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { LabIdentity } from "../identity";
import { hostAndPort } from "../ipFamilies";
import { UserError } from "../../shared/terminal/errors";
import { ApiClient, ApiError } from "./api";
import { type Holder, spawnDetached } from "./holder";
import { endProcesses, isLabnode, listProcesses, type ProcessInfo } from "./processes";
import type { Cluster } from "./record";
import { logFile } from "./supervisor";
import { JAEGER_PORTS } from "../../shared/names/ports";

const jaegerService = "/api/v1/namespaces/istio-system/services/jaeger-query";

/** The same identity with free ports. */
export async function withFreePorts(identity: LabIdentity): Promise<LabIdentity> {
    const apiPort = await freePort(identity.apiPort, []);
    return { ...identity, apiPort, jaegerPort: await freePort(identity.jaegerPort, [apiPort]) };
}

/**
 * The first free port of 127.0.0.1 from this one on.
 *
 * @throws UserError if the next 200 are in use.
 */
export async function freePort(preferred: number, taken: number[]): Promise<number> {
    for (let port = preferred; port < preferred + 200; port++) {
        if (!taken.includes(port) && (await isFree(port))) return port;
    }
    throw new UserError(
        `expected a free port between ${preferred} and ${preferred + 200} of 127.0.0.1, got none; end programs that listen there (ss -ltnp).`,
    );
}

function isFree(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const server = createServer();
        server.once("error", () => {
            resolve(false);
        });
        server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
            server.close(() => {
                resolve(true);
            });
        });
    });
}

/** Starts the forwards from the host's loopback into the lab. They end with the holder. */
export function startForwards(holder: Holder, identity: LabIdentity, labnode: string): ChildProcess {
    const rules = [
        `127.0.0.1:${identity.apiPort}=${hostAndPort(identity.nodeAddress, 6443)}`,
        `127.0.0.1:${identity.jaegerPort}=@${jaegerTarget(identity)}`,
    ];
    return spawnForward(holder, identity, labnode, rules, logFile(identity, "forward"));
}

/** Starts forwards by these rules, `LISTEN=TARGET`. They end with the holder. */
export function spawnForward(
    holder: Holder,
    { name }: LabIdentity,
    labnode: string,
    rules: string[],
    log: string,
): ChildProcess {
    const argv = ["forward", "--lab", name, "--pid", String(holder.process.pid), ...rules];
    const child = spawnDetached(labnode, argv, log, process.env);
    child.unref();
    return child;
}

/** The forwards that the lab starts with. */
export function findForwards(labName: string): ProcessInfo[] {
    return allForwards(labName).filter(({ argv }) => argv.some((word) => word.includes("=@")));
}

/** The forwards to one address inside the lab. */
export function findForwardsTo(labName: string, target: string): ProcessInfo[] {
    return allForwards(labName).filter(({ argv }) => argv.some((word) => word.endsWith(`=${target}`)));
}

function allForwards(labName: string): ProcessInfo[] {
    return listProcesses().filter(({ argv }) => isLabnode(argv, "forward", labName));
}

export async function endForwards(labName: string): Promise<string[]> {
    const forwards = allForwards(labName);
    await endProcesses(forwards);
    return forwards.length === 0 ? [] : ["the forwards from the host's loopback"];
}

/** Points the host's Jaeger port to the current Service. */
export async function pointForward(cluster: Cluster): Promise<void> {
    const api = new ApiClient(cluster.kubeconfig);
    try {
        const answer = await api.send("GET", jaegerService);
        if (answer.status === 404) {
            rmSync(jaegerTarget(cluster.identity), { force: true });
            throw new UserError(
                "the lab has no Service istio-system/jaeger-query, so its Jaeger is not reachable yet.",
            );
        }
        if (answer.status !== 200) throw new ApiError(jaegerService, answer);
        const service = JSON.parse(answer.text) as { spec: { clusterIP: string } };
        writeFileSync(
            jaegerTarget(cluster.identity),
            `${hostAndPort(service.spec.clusterIP, JAEGER_PORTS.queryHttp)}\n`,
        );
    } finally {
        api.close();
    }
}

function jaegerTarget(identity: LabIdentity): string {
    return join(identity.stateDir, "jaeger-target");
}
