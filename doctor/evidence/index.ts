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
import type { LoggedRequest } from "./logLine";
import type { LiveRate } from "./liveRate";
import type { HttpClient, ProbeAnswer } from "../probe/requests";
import type { ShapeEvidence } from "./requestIdShapes";
import type { CollectorReadings } from "./collectorGrowth";
import type { QueryEvidence } from "./query";
import type { SidecarEvidence } from "./sidecar";

/** A probe and what became of it. */
export interface ProbeRun {
    answer: ProbeAnswer;
    /** As Jaeger has it at the end; undefined when it does not. */
    trace: Trace | undefined;
    /** True when Jaeger had it once. */
    seen: boolean;
    /** Roots that the target's own sidecar started for calls of its application while that answered this probe. */
    callsWithoutContext: Span[];
    /** How many such chance explains, by what the application calls of its own accord. */
    expectedByChance: number;
}

/** A burst of requests without a decision of their own. */
export interface Burst {
    sent: number;
    /** With any HTTP status: whoever answered has made spans. */
    answered: number;
    /** Without an answer, or with an error of a server: not every hop need have seen these. */
    failed: number;
    /** Traces of it that Jaeger has; undefined when it could not be asked. */
    traces: Trace[] | undefined;
}

/** All that was read, before any judgement. */
export interface Evidence {
    /** The cluster as the control plane of the path reads it. */
    discovery: Discovery;
    /** The same with what is for other control planes alone; undefined where there is no such thing. */
    cluster?: Discovery;
    mesh: Mesh;
    path: ProbePath;
    client: HttpClient;
    probes: ProbeRun[];
    source: SidecarEvidence | undefined;
    /** Sidecars of the pods that may have answered. */
    targets: SidecarEvidence[];
    /** What objects say about the source's sampling, and the target's. */
    sampling: { source: WorkloadSampling; target: WorkloadSampling | undefined };
    /** Rates that sidecars beside the path have live. */
    live: LiveRate[];
    collector: CollectorTarget | undefined;
    /** What makes pods in the collector's namespace. */
    workloads: Fact<WorkloadObject[]>;
    collectorCounts: CollectorReadings;
    /** The collector's own configuration, as far as its pods have it from ConfigMaps. */
    collectorFiles: Fact<ConfigMapObject[]>;
    /** What its pods take, as far as they could be asked. */
    receivers: PodReceiver[];
    query: QueryEvidence;
    burst: Burst | undefined;
    /** How long Jaeger was asked for traces that the sidecars had sent; undefined where that does not matter. */
    waitedMs?: number;
    /** Access log lines of the probes, by pod. */
    logLines: Record<string, string[]>;
    /** The probes in the access log of the source's sidecar. */
    answers: LoggedRequest[];
    /** Requests of others in that log that were recorded, and those that were not. */
    logged: { recorded: number; unrecorded: number };
    /** Traces that many requests share, in access logs or in Jaeger. */
    endless: EndlessTrace[];
    /** Pods of whose access log only the newest part was read. */
    cutLogs?: string[];
    /** Envoy's response flags of the first of those lines that has any. */
    responseFlags: string | undefined;
    /** Ids of other requests in those logs, and what becomes of requests whose id is no UUID; undefined where not seen. */
    requestIds: { others: string[]; shapes: ShapeEvidence[] | undefined };
}
