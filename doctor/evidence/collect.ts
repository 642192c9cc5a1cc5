import type { Access } from "../connection/access";
import { areListenersUpdating, repeatIncomplete } from "../probe/listenerUpdates";
import { collectorOfPod, samplingOfPod } from "../inventory/collector";
import { discover, readWorkloads } from "../inventory/discovery";
import { itemsOf } from "../../shared/cluster/facts";
import { readLogs } from "./accessLog";
import { chooseSample, readSample } from "../inventory/liveRates";
import { fullName, meshOf, readMeshes } from "../inventory/mesh";
import type { Discovery } from "../inventory/objects";
import { noMesh } from "../inventory/noMesh";
import { asReadBy } from "../inventory/revision";
import { NobodyToAsk, type PathOptions } from "../probe/path";
import type { Approve } from "../probe/plan";
import { findForeignIds } from "../probe/requestIds";
import { pathTaken, respondingPods } from "../probe/respondingPods";
import { findReplaced } from "./replacedPods";
import { chooseSender, type Sender } from "../probe/sender";
import { awaitTraces, expectedHops, servicesOf } from "./awaitTraces";
import { lookCloser } from "./closerLook";
import { readCollector } from "./collectorMetrics";
import type { Evidence, ProbeRun } from ".";
import type { EndlessTrace } from "./endlessTraces";
import { readIndexCleaners } from "./indexCleaners";
import { findIngesters, KAFKA_MS } from "./ingesters";
import { openQuery, type QueryOptions } from "./query";
import { readSettled } from "./readSettled";
import { sendProbeRuns, sendRequests } from "./sendRequests";
import { readCounts, readSidecarAfterwards, type SidecarEvidence } from "./sidecar";
import { readCollectorFiles } from "./receivers";
import { findTiers, holdMs, readTiers } from "./tiers";
import type { PodObject } from "../../shared/kubernetes/objects";
import { fullServiceName } from "../../shared/kubernetes/services";
import { sourceNotReady } from "../analyzers/pods/source";
import { sidecarsNotReady } from "../analyzers/sidecar/unready";
import { filtersOfTracing } from "../analyzers/sidecar/envoyFilters";

/** The path that the doctor examines. */
export interface ExamineOptions extends PathOptions, QueryOptions {
    /** Number of requests, including probes. */
    requests: number;
    /**
     * Number of probes. If there are no other requests, nothing measures the sampling.
     * @default 3
     */
    probes?: number;
    /** Called before anything is sent. @default approves everything */
    approve?: Approve;
    /** Whether the doctor may start its own pod to send the probes if no other pod can. */
    probePod?: boolean;
    /**
     * Additional time for late spans, in seconds, after the times for which sidecars and collector keep them. If all
     * spans have arrived, the doctor does not wait.
     * @default 3
     */
    patienceSeconds?: number;
}

/** In addition to flush and batch times, for a busy machine. */
const PATIENCE_SECONDS = 3;
/** Maximum number of the target's pods to examine, and of pods that answered instead. */
const TARGETS = 3;
/** A rollout that replaces pods on and on, such as one that crashes them, still gets an answer. */
const MAX_REPEATS = 2;

type Say = (line: string) => void;

/**
 * Sends probes and reads all evidence about them. Draws no conclusions. Starts again when a rollout replaced one of the
 * examined pods meanwhile, because such evidence is about a pod that nobody has any more.
 */
export async function collectEvidence(access: Access, options: ExamineOptions, say: Say): Promise<Evidence> {
    const approvedOnce = { ...options, approve: options.approve && once(options.approve) };
    for (let repeats = 0; ; repeats++) {
        const examination = await collectOnce(access, approvedOnce, say);
        const replaced = repeats < MAX_REPEATS ? await findReplaced(access, examination.pods) : undefined;
        if (replaced === undefined) {
            if ("error" in examination) throw examination.error;
            return examination.evidence;
        }
        say(`Pod ${fullName(replaced)} was replaced during the examination; examining again`);
    }
}

/** The pods on the path of one examination, and its evidence or the error that ended it. */
type Examination = { pods: PodObject[] } & ({ evidence: Evidence } | { error: unknown });

async function collectOnce(access: Access, options: ExamineOptions, say: Say): Promise<Examination> {
    const discovery = await discover(access);
    if (itemsOf(discovery.istiods).length === 0) throw noMesh(discovery);
    const pods: PodObject[] = [];
    try {
        const sender = await chooseSender(access, options, discovery).catch(async (error: unknown) => {
            if (!(error instanceof NobodyToAsk)) throw error;
            pods.push(...error.tried);
            throw (
                (await sidecarsNotReady(access, options, discovery)) ??
                (await sourceNotReady(access, options, discovery)) ??
                error
            );
        });
        // Not the doctor's own pod, which ends with the examination.
        const listed = new Set(itemsOf(discovery.pods));
        const { source, targets } = sender.path;
        pods.push(...[source, ...targets.slice(0, TARGETS)].filter((pod) => listed.has(pod)));
        try {
            return { pods, evidence: await collectAlong(access, options, discovery, sender, say) };
        } finally {
            await sender.release();
        }
    } catch (error) {
        return { pods, error };
    }
}

/** A person who has approved the requests is not asked again when they are sent again. */
function once(approve: Approve): Approve {
    let approved: Promise<void> | undefined;
    return (plan) => (approved ??= approve(plan));
}

async function collectAlong(
    access: Access,
    options: ExamineOptions,
    cluster: Discovery,
    { path: meant, client }: Sender,
    say: Say,
): Promise<Evidence> {
    const mesh = meshOf(readMeshes(cluster), meant.source);
    if (mesh === undefined) throw noMesh(cluster);
    const discovery = asReadBy(mesh.revision, cluster);
    say(`probing ${fullName(meant.source)} -> ${meant.url}`);
    const configured = samplingOfPod(meant.source, mesh, discovery);
    const collector = collectorOfPod(meant.source, configured, mesh, discovery);
    // From the name of its Service, otherwise from the URL's host.
    const host =
        meant.service === undefined ? new URL(meant.url).hostname : fullServiceName(meant.service, mesh.clusterDomain);
    const target = `outbound|${String(meant.port)}||${host}`;
    const question = { port: meant.port, cluster: collector?.cluster, target };
    const expected = { discovery, mesh, collector };
    // Only an EnvoyFilter can set a route's own rate.
    const routes = filtersOfTracing(meant.source, { discovery, mesh }).length > 0;
    const [source, targets, query, before, workloads, live, collectorFiles, indexCleaners] = await Promise.all([
        readSettled(access, meant.source, { ...question, routes }, expected),
        readSidecars(meant.targets, (pod) => readSettled(access, pod, question, expected)),
        openQuery(access, discovery, collector, options),
        readCollector(access, collector?.pods ?? []),
        readWorkloads(access, collector?.service?.metadata.namespace ?? mesh.namespace),
        readSample(access, chooseSample(cluster, meant)),
        readCollectorFiles(access, collector?.pods ?? []),
        readIndexCleaners(access, collector?.service?.metadata.namespace, itemsOf(discovery.pods)),
    ]);
    const tiers = await findTiers(access, discovery, collector, collectorFiles);
    const ingesters = await findIngesters(access, discovery, collector, collectorFiles);
    const readers = ingesters === undefined ? [] : [ingesters];
    const [tiersBefore, readersBefore] = await Promise.all([readTiers(access, tiers), readTiers(access, readers)]);
    const b3 = collector?.kind === "zipkin";
    const { probes: sent, burst, probedAt } = await sendRequests(access, meant, client, b3, options);
    const pods = itemsOf(discovery.pods);
    const patienceMs = (options.patienceSeconds ?? PATIENCE_SECONDS) * 1000;
    const awaited = {
        path: meant,
        provider: collector?.kind,
        pods,
        holdMs: holdMs(tiers) + (ingesters ? KAFKA_MS : 0),
        patienceMs,
    };
    const observed = await awaitTraces(query, {
        ...{ ...awaited, probes: sent },
        burst: burst && { ...burst, percent: configured.client.percent },
    });
    const again = async (count: number): Promise<ProbeRun[]> => {
        const probes = await sendProbeRuns(access, meant, client, b3, count);
        await awaitTraces(query, { ...awaited, probes, burst: undefined });
        return probes;
    };
    const probes = areListenersUpdating({ source, targets, path: observed.path, probes: sent })
        ? await repeatIncomplete(sent, expectedHops(observed.path), again)
        : sent;
    const [service] = servicesOf(probes, observed.path);
    const [sourceAfter, targetsAfter, after, logs, shapes] = await Promise.all([
        source && readCounts(access, source.pod, [question.cluster, target]),
        Promise.all(targets.map(({ pod }) => readCounts(access, pod, [question.cluster, target]))),
        readCollector(access, collector?.pods ?? []),
        readLogs(
            access,
            [meant.source, ...targets.map(({ pod }) => pod)],
            probes.map(({ answer }) => answer),
        ),
        findForeignIds(query.client, service, burst?.foreign === true ? burst.agent : undefined),
    ]);
    const examined = { path: observed.path, probes, collector, workloads, query, tiers, ingesters, discovery };
    const closer = await lookCloser(access, examined);
    const [tiersAfter, readersAfter] = await Promise.all([readTiers(access, tiers), readTiers(access, readers)]);
    const responding = respondingPods(meant, probes, logs.addresses[fullName(meant.source)] ?? [], pods);
    const missed = responding.filter((pod) => !targets.some((target) => target.pod === pod));
    const path = pathTaken(observed.path, responding);
    return {
        ...{ discovery, cluster, mesh, client, path, probes, live, collector, workloads, query },
        ...{
            logLines: logs.lines,
            responseFlags: logs.responseFlags,
            answers: logs.answers,
            logged: logs.others,
            cutLogs: logs.cut,
            requestIds: { others: logs.otherIds, shapes },
        },
        sampling: { source: configured, target: path.targets[0] && samplingOfPod(path.targets[0], mesh, discovery) },
        source: source && { ...source, after: sourceAfter ?? source.before },
        targets: [
            ...targets.map((target, index) => ({ ...target, after: targetsAfter[index] ?? target.before })),
            ...(await readSidecars(missed, (pod) => readSidecarAfterwards(access, pod, question))),
        ],
        collectorCounts: { before, after },
        tiers: tiers.map((tier, index) => ({
            ...{ ...tier, before: tiersBefore[index] ?? {}, after: tiersAfter[index] ?? {} },
        })),
        ...(ingesters && {
            ingesters: { ...ingesters, before: readersBefore[0] ?? {}, after: readersAfter[0] ?? {} },
        }),
        ...{ collectorFiles, indexCleaners, ...closer },
        ...(probes === sent && { probedAt }),
        burst: observed.burst,
        waitedMs: observed.waitedMs,
        fixedContexts: logs.fixed,
        endless: distinct([...logs.endless, ...observed.endless]),
    };
}

/** The same trace in a log and in Jaeger counts once. */
function distinct(endless: EndlessTrace[]): EndlessTrace[] {
    return endless.filter(({ traceId }, index) => endless.findIndex((one) => one.traceId === traceId) === index);
}

async function readSidecars(
    pods: PodObject[],
    read: (pod: PodObject) => Promise<SidecarEvidence | undefined>,
): Promise<SidecarEvidence[]> {
    const found = await Promise.all(pods.slice(0, TARGETS).map(read));
    return found.filter((sidecar) => sidecar !== undefined);
}
