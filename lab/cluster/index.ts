import type { Report } from "../images";
import { labIdentity } from "../identity";
import { UserError } from "../../shared/terminal/errors";
import type { gatherFacts } from "./facts";
import { findHolder } from "./holder";
import { withLock } from "./lock";
import { type Cluster, readRecord } from "./record";
import type { ClusterStatus } from "./status";

// Commands load only what they need, because the translation of the rest takes longer than the time limit of `exec`.

export type { Timing } from "./plan";
export type { Cluster } from "./record";
export type { ClusterStatus, PodStatus } from "./status";

/** Why the lab cannot run on this machine; `undefined` if it can. Takes well under a second and changes nothing. */
export async function obstaclesToLab(): Promise<string | undefined> {
    const { describeObstacles, findObstacles } = await import("./probe");
    const findings = findObstacles(await machineFacts());
    return findings.length === 0 ? undefined : describeObstacles(findings);
}

/** Starts the lab if it is not up. First checks whether this machine can run it. */
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

/** Removes everything of the lab, even after a killed `up`. Does nothing if there is no lab. */
export async function downCluster(report: Report): Promise<{ removed: string[] }> {
    const { removeLab } = await import("./steps");
    const identity = labIdentity();
    return { removed: await withLock(identity, "down", report, () => removeLab(identity)) };
}

/** The current status of the lab. */
export async function clusterStatus(): Promise<ClusterStatus> {
    const { labStatus } = await import("./status");
    return labStatus(labIdentity());
}

/** Runs a command inside the lab's network and returns its exit code. */
export async function execInCluster(command: string[]): Promise<number> {
    const { execInLab } = await import("./exec");
    return execInLab(labIdentity().name, command);
}

/** The lab that is up; `undefined` if there is none, or if its `up` is not complete. */
export function runningCluster(): Promise<Cluster | undefined> {
    const holder = findHolder(labIdentity().name);
    return Promise.resolve(holder && readRecord(holder));
}

/**
 * Points the host's Jaeger port to the current Service `istio-system/jaeger-query`.
 *
 * Call it after each `up` of the program, because a recreated Service has another address.
 */
export async function pointJaegerForward(cluster: Cluster): Promise<void> {
    const { pointForward } = await import("./forwards");
    return pointForward(cluster);
}

/** Creates volumes for the claims of the program. Call it before each `up` of the program. */
export async function provideVolumes(cluster: Cluster): Promise<void> {
    const volumes = await import("./volumes");
    return volumes.provideVolumes(cluster.identity, cluster.kubeconfig);
}

/** The images that a lab has only when something needs them. */
const IMAGES_ON_DEMAND = {
    cni: async (report: Report) => (await import("../images/istioCni")).ensureCniImage(report),
    collector: async (report: Report) => (await import("../images/collector")).ensureCollectorImage(report),
    doctor: async (report: Report) => (await import("../images/doctor")).ensureDoctorImage(report),
    indexCleaner: async (report: Report) => (await import("../images/indexCleaner")).ensureIndexCleanerImage(report),
    metricsServer: async (report: Report) => (await import("../images/metricsServer")).ensureMetricsServerImage(report),
    prometheus: async (report: Report) => (await import("../images/prometheus")).ensurePrometheusImage(report),
};

/** Name of an image that a lab has only when something needs it. */
export type OnDemandImageName = keyof typeof IMAGES_ON_DEMAND;

/** Gives the lab such an image. Call it before each `up` of a program that needs it, and before a pod that does. */
export async function provideOnDemand(cluster: Cluster, image: OnDemandImageName, report: Report): Promise<void> {
    const { provideImage } = await import("./onDemandImage");
    return provideImage(cluster, await IMAGES_ON_DEMAND[image](report));
}

/**
 * Starts the trace viewer of the lab if it does not run, after it has fetched it if needed.
 *
 * @returns its URL on the host.
 */
export async function provideViewer(cluster: Cluster, report: Report): Promise<string> {
    const { ensureViewer } = await import("../images/viewer");
    const { startViewer } = await import("./viewer");
    return startViewer(cluster, await ensureViewer(report), report);
}

async function machineFacts(): ReturnType<typeof gatherFacts> {
    const { artifactsAreCached, cacheDirectory } = await import("../images");
    const facts = await import("./facts");
    return facts.gatherFacts(cacheDirectory(), labIdentity().stateDir, await artifactsAreCached());
}
