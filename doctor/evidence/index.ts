import type { WorkloadSampling } from "../../checks/telemetry/effectiveSampling";
import type { Fact } from "../../shared/cluster/facts";
import type { Span, Trace } from "../../shared/jaeger/client";
import type { CollectorTarget } from "../inventory/collector";
import type { Mesh } from "../inventory/mesh";
import type { Discovery } from "../inventory/objects";
import type { ConfigMapObject, WorkloadObject } from "../../shared/kubernetes/objects";
import type { PodReceiver } from "./receivers";
import type { ProbePath } from "../probe/path";
import type { EndlessTrace } from "./endlessTraces";
import type { FixedContext } from "./fixedContext";
import type { IndexCleaner } from "./indexCleaners";
import type { LoggedRequest } from "./logLine";
import type { LiveRate } from "./liveRate";
import type { HttpClient, ProbeAnswer } from "../probe/requests";
import type { ShapeEvidence } from "./requestIdShapes";
import type { CollectorReadings } from "./collectorGrowth";
import type { QueryEvidence } from "./query";
import type { SidecarEvidence } from "./sidecar";
import type { StoreError } from "./storeErrors";
import type { RelatedObjects } from "./relatedObjects";
import type { TopicReaders } from "./ingesters";
import type { TierEvidence } from "./tiers";

/** A probe and its result. */
export interface ProbeRun {
    answer: ProbeAnswer;
    /** The trace in Jaeger at the end; undefined if there is none. */
    trace: Trace | undefined;
    /** True if Jaeger had it at some time. */
    seen: boolean;
    /** Roots that the target's sidecar started for calls of its application during this probe. */
    callsWithoutContext: Span[];
    /** How many of them chance explains, from the application's calls on its own. */
    expectedByChance: number;
    /** Calls of the target's application during this probe, in a trace that never reached the application. */
    callsWithOtherContext?: Span[];
    /** How many of those chance explains. */
    othersByChance?: number;
}

/** A burst of requests without a sampling decision. */
export interface Burst {
    sent: number;
    /** With any HTTP status, because every answer creates spans. */
    answered: number;
    /** Without an answer, or with a server error. Perhaps not every hop received these. */
    failed: number;
    /** Number of its traces in Jaeger; undefined if Jaeger could not be queried. */
    traces: Trace[] | undefined;
    /** Why a search for them failed. */
    searchProblem?: string;
}

/** All evidence, before any analysis. */
export interface Evidence {
    /** The cluster's objects that the control plane of the path reads. */
    discovery: Discovery;
    /** The same with objects only for other control planes; undefined if there are none. */
    cluster?: Discovery;
    mesh: Mesh;
    path: ProbePath;
    client: HttpClient;
    probes: ProbeRun[];
    /** When they were sent by the clock of this machine, in milliseconds since 1970; undefined if some were repeated. */
    probedAt?: { from: number; to: number };
    source: SidecarEvidence | undefined;
    /** Sidecars of the pods that can have answered. */
    targets: SidecarEvidence[];
    /** The source's and the target's sampling according to the objects. */
    sampling: { source: WorkloadSampling; target: WorkloadSampling | undefined };
    /** Live rates of sidecars outside the path. */
    live: LiveRate[];
    collector: CollectorTarget | undefined;
    /** Workloads in the collector's namespace. */
    workloads: Fact<WorkloadObject[]>;
    /** Objects around the path; undefined if everything works without a closer look. */
    relatedObjects?: RelatedObjects;
    collectorCounts: CollectorReadings;
    /** The collector's own configuration, if its pods mount it from ConfigMaps. */
    collectorFiles: Fact<ConfigMapObject[]>;
    /** The configuration of query servers that are other pods than the collector; undefined if it was not read. */
    queryFiles?: Fact<ConfigMapObject[]>;
    /** The collectors that spans pass on their way to the storage, that of the mesh first. */
    tiers?: TierEvidence[];
    /** Who reads the topic of Kafka into which the collector writes; undefined if it writes into none. */
    ingesters?: TierEvidence & Pick<TopicReaders, "topic" | "strays">;
    /** Jobs in the collector's namespace that delete old indices; undefined for none. */
    indexCleaners?: IndexCleaner[];
    /** What Jaeger's pods say of their servers; undefined if everything works without a closer look. */
    storeErrors?: StoreError[];
    /** The protocols that its pods accept, if they could be queried. */
    receivers: PodReceiver[];
    query: QueryEvidence;
    burst: Burst | undefined;
    /** How long Jaeger was queried for traces that the sidecars had sent; undefined if that does not matter. */
    waitedMs?: number;
    /** Access log lines of the probes, by pod. */
    logLines: Record<string, string[]>;
    /** The probes in the access log of the source's sidecar. */
    answers: LoggedRequest[];
    /** Other requests in that log: how many were recorded, and how many were not. */
    logged: { recorded: number; unrecorded: number };
    /** Traces that many requests share, in access logs or in Jaeger. */
    endless: EndlessTrace[];
    /** Trace IDs that the target's application sends whatever it receives, from access logs. */
    fixedContexts?: FixedContext[];
    /** Pods whose access log was only read in part. */
    cutLogs?: string[];
    /** Envoy's response flags of the first of those lines that has any. */
    responseFlags: string | undefined;
    /**
     * IDs of other requests in those logs, and what happens to requests whose ID is not a UUID; undefined if there were
     * none.
     */
    requestIds: { others: string[]; shapes: ShapeEvidence[] | undefined };
}
