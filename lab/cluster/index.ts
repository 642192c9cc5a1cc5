import type { Report } from "../images";
import { labIdentity } from "../identity";
import { UserError } from "../../shared/terminal/errors";
import type { gatherFacts } from "./facts";
import { findHolder } from "./holder";
import { withLock } from "./lock";
import { type Cluster, readRecord } from "./record";
import type { ClusterStatus } from "./status";

// What a command does not need is not loaded: translating it takes longer than `exec` may take altogether.

export type { Timing } from "./plan";
export type { Cluster } from "./record";
export type { ClusterStatus, PodStatus } from "./status";

/** Why the lab cannot run on this machine; `undefined` when it can. Takes well under a second and changes nothing. */
export async function obstaclesToLab(): Promise<string | undefined> {
    const { describeObstacles, findObstacles } = await import("./probe");
    const findings = findObstacles(await machineFacts());
    return findings.length === 0 ? undefined : describeObstacles(findings);
}

/** Brings the lab up, or finds it up; looks first whether this machine can run it. */
export async function upCluster(report: Report): Promise<Cluster> {
    const facts = await machineFacts();
    const { describeObstacles, findObstacles } = await import("./probe");
    const findings = findObstacles(facts);
    if (findings.length > 0) throw new UserError(describeObstacles(findings));
    const { cacheDirectory, ensureArtifacts } = await import("../images");
    const { chooseSnapshotter } = await import("./facts");
    const { up } = await import("./up");
    const artifacts = await ensureArtifacts(report);
    const identity = labIdentity();
    const options = { identity, artifacts, cacheDir: cacheDirectory(), snapshotter: chooseSnapshotter(facts), report };
    return withLock(identity, "up", report, () => up(options));
}

/** Removes everything of the lab, also of one that was killed half way. Nothing there is fine. */
export async function downCluster(report: Report): Promise<{ removed: string[] }> {
    const { removeLab } = await import("./steps");
    const identity = labIdentity();
    return { removed: await withLock(identity, "down", report, () => removeLab(identity)) };
}

/** What there is of the lab now. */
export async function clusterStatus(): Promise<ClusterStatus> {
    const { labStatus } = await import("./status");
    return labStatus(labIdentity());
}

/** Runs a command inside the lab's network and answers its exit code. */
export async function execInCluster(command: string[]): Promise<number> {
    const { execInLab } = await import("./exec");
    return execInLab(labIdentity().name, command);
}

/** The lab that is up; `undefined` when there is none, or its `up` has not come to its end. */
export function runningCluster(): Promise<Cluster | undefined> {
    const holder = findHolder(labIdentity().name);
    return Promise.resolve(holder && readRecord(holder));
}

/**
 * Leads the host's Jaeger port to the Service `istio-system/jaeger-query` as it is now.
 *
 * To be called when the program has been brought up: a Service that was made anew has another address.
 */
export async function pointJaegerForward(cluster: Cluster): Promise<void> {
    const { pointForward } = await import("./forwards");
    return pointForward(cluster);
}

/** Gives the node volumes for the claims of the program, to be called before it is brought up. */
export async function provideVolumes(cluster: Cluster): Promise<void> {
    const volumes = await import("./volumes");
    return volumes.provideVolumes(cluster.identity, cluster.kubeconfig);
}

async function machineFacts(): ReturnType<typeof gatherFacts> {
    const { artifactsAreCached, cacheDirectory } = await import("../images");
    const facts = await import("./facts");
    return facts.gatherFacts(cacheDirectory(), labIdentity().stateDir, await artifactsAreCached());
}
