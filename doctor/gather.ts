import type { Fact } from "../cli/preflight/client";
import { UserError } from "../cli/ui/errors";
import type { Access, ContainerRef } from "./access";
import { findCollector, samplingOfPod } from "./collector";
import { discover, known, readWorkloads } from "./discover";
import { readCollector } from "./evidence/collector";
import type { Burst, Evidence, ProbeRun } from "./evidence";
import { openQuery } from "./evidence/query";
import { PROXY, readCounts, readSidecar, type SidecarEvidence } from "./evidence/sidecar";
import { fullName, meshOf, readMeshes, sidecarOf } from "./mesh";
import type { Discovery, PodObject } from "./objects";
import { follow } from "./follow";
import { appContainer, type PathOptions, type ProbePath } from "./path";
import { choosePath, type Start } from "./start";
import { burstCommand, countAnswered, freshIds, sendProbes, type HttpClient } from "./probe";

/** What the doctor is asked to look at. */
export interface ExamineOptions extends PathOptions {
    /** Requests in all, probes included. */
    requests: number;
    /** Jaeger's URL, where the cluster's API server cannot lead to it. */
    jaegerUrl?: string;
    /** `USER:PASSWORD` for a Jaeger that asks for a login. */
    jaegerLogin?: string;
    /** Whether a pod of the doctor's own may send the probes where no other can. */
    probePod?: boolean;
}

/** Probes that must arrive; more than one, since a single stray root proves nothing. */
const PROBES = 3;
/** Pods of the target that are looked into. */
const TARGETS = 3;

type Say = (line: string) => void;

/** Sends probes and reads everything that says what became of them. Judges nothing. */
export async function gather(access: Access, options: ExamineOptions, say: Say): Promise<Evidence> {
    const discovery = await discover(access);
    if (known(discovery.istiods).length === 0) throw noMesh(discovery);
    const start = await choosePath(access, options, discovery);
    try {
        return await gatherAlong(access, options, discovery, start, say);
    } finally {
        await start.release();
    }
}

async function gatherAlong(
    access: Access,
    options: ExamineOptions,
    discovery: Discovery,
    { path, client }: Start,
    say: Say,
): Promise<Evidence> {
    const mesh = meshOf(readMeshes(discovery), path.source);
    if (mesh === undefined) throw noMesh(discovery);
    say(`probing ${fullName(path.source)} -> ${path.url}`);
    const sampling = {
        source: samplingOfPod(path.source, mesh, discovery),
        target: path.targets[0] && samplingOfPod(path.targets[0], mesh, discovery),
    };
    const collector = findCollector(sampling.source.client.provider, mesh, discovery);
    const [source, targets, query, before, workloads] = await Promise.all([
        readSidecar(access, path.source),
        readSidecars(access, path.targets),
        openQuery(access, discovery, collector, options),
        readCollector(access, collector?.pods ?? []),
        readWorkloads(access, collector?.service?.metadata.namespace ?? mesh.namespace),
    ]);
    const where = {
        namespace: path.source.metadata.namespace ?? "",
        pod: path.source.metadata.name,
        container: appContainer(path.source),
    };
    const b3 = collector?.kind === "zipkin";
    const ids = Array.from({ length: PROBES }, freshIds);
    const answers = await sendProbes(access, where, client, path.url, ids, b3);
    const probes = answers.map((answer): ProbeRun => ({ answer, trace: undefined, seen: false, strayRoots: [] }));
    const agent = `istio-tracing-doctor/${probes[0]?.answer.spanId ?? ""}`;
    const burst = await sendBurst(access, where, client, path, options.requests - probes.length, agent);
    const settled = await follow(
        query,
        path,
        probes,
        burst && { ...burst, agent, percent: sampling.source.client.percent },
    );
    const [sourceAfter, targetsAfter, after, logLines] = await Promise.all([
        source && readCounts(access, source.pod),
        Promise.all(targets.map(({ pod }) => readCounts(access, pod))),
        readCollector(access, collector?.pods ?? []),
        readLogLines(access, [path.source, ...path.targets.slice(0, TARGETS)], probes),
    ]);
    return {
        ...{ discovery, mesh, path, client, probes, sampling, collector, workloads, query, logLines },
        source: source && { ...source, after: sourceAfter ?? source.before },
        targets: targets.map((target, index) => ({ ...target, after: targetsAfter[index] ?? target.before })),
        collectorCounts: { before, after },
        burst: settled,
    };
}

function noMesh(discovery: Discovery): UserError {
    const fact = discovery.istiods;
    const got = "failure" in fact ? fact.failure.reason : "no Deployment with the label app=istiod";
    return new UserError(
        `expected an Istio control plane in this cluster, got: ${got}. Next: ` +
            ("failure" in fact
                ? "see the rights that the doctor needs with --print-rbac."
                : "install Istio, or choose another --context."),
        2,
    );
}

async function readSidecars(access: Access, pods: PodObject[]): Promise<SidecarEvidence[]> {
    const found = await Promise.all(pods.slice(0, TARGETS).map((pod) => readSidecar(access, pod)));
    return found.filter((sidecar) => sidecar !== undefined);
}

async function sendBurst(
    access: Access,
    where: ContainerRef,
    client: HttpClient,
    { url }: ProbePath,
    count: number,
    agent: string,
): Promise<Burst | undefined> {
    if (count <= 0) return undefined;
    const fact = await access.exec(where, burstCommand(client, url, count, agent), 25);
    if ("failure" in fact) return undefined;
    return { sent: count, answered: countAnswered(fact.value.stdout), traces: undefined };
}

/** Lines of the sidecars' access logs that name a probe. */
async function readLogLines(access: Access, pods: PodObject[], probes: ProbeRun[]): Promise<Record<string, string[]>> {
    const ids = probes.flatMap(({ answer }) => [answer.traceId, answer.requestId]);
    const entries = await Promise.all(
        pods.map(async (pod): Promise<[string, string[]]> => {
            const { name, namespace = "" } = pod.metadata;
            const fact: Fact<string | undefined> =
                sidecarOf(pod) === undefined
                    ? { value: "" }
                    : await access.text(
                          `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${PROXY}&sinceSeconds=60`,
                      );
            const lines = "value" in fact ? (fact.value ?? "").split("\n") : [];
            return [fullName(pod), lines.filter((line) => ids.some((id) => line.includes(id)))];
        }),
    );
    return Object.fromEntries(entries);
}
