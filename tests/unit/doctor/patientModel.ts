import type { TelemetryObject } from "../../../checks/mesh/objects";
import type { Evidence } from "../../../doctor/evidence";
import type { CollectorCounts } from "../../../doctor/evidence/collectorMetrics";
import type { ListenerSummary, RefusedListener } from "../../../doctor/evidence/envoyConfig";
import type { TracingRuntime } from "../../../doctor/evidence/runtime";
import type { HostCounts } from "../../../doctor/evidence/sidecar";
import type { Mesh } from "../../../doctor/inventory/mesh";
import type { Discovery } from "../../../doctor/inventory/objects";
import type { PodObject, ServiceObject } from "../../../shared/kubernetes/objects";

/** A mesh that works, in parts that a test changes before the doctor judges it. */
export interface Patient {
    collectorService: ServiceObject;
    services: ServiceObject[];
    jaegers: PodObject[];
    frontend: PodObject;
    backend: PodObject;
    provider: Record<string, unknown>;
    telemetry: TelemetryObject;
    mesh: Mesh;
    discovery: Discovery;
    /** What each sidecar counted of the collector meanwhile, by the collector's address. */
    exports: Record<string, HostCounts>;
    /** Statistics that each sidecar keeps, before and after. */
    stats: { before: Record<string, number>; after: Record<string, number> };
    /** Listeners that each sidecar rejects. */
    rejected: RefusedListener[];
    /** Values of each sidecar's runtime; undefined for those of what the pods started with. */
    runtime: TracingRuntime | undefined;
    /** False for sidecars that lack the collector's cluster. */
    hasCluster: boolean;
    /** Spans that arrived, of each probe. */
    spans: "all" | "none";
    /** Of every probe, or of each of the three. */
    status: number | readonly [number, number, number];
    /** Outbound listeners of the frontend, and inbound ones of the backend. */
    outbound: ListenerSummary[];
    inbound: ListenerSummary[];
    /** What the frontend's sidecar counted, by cluster. */
    sent: Record<string, number>;
    /** What the backend's sidecar took. */
    taken: number;
    counts: Record<string, CollectorCounts | "refused">;
    evidence: Partial<Evidence> & {
        /** What the collector's cluster is like in each sidecar. */
        tls?: { tls: "istio-mtls" | "none"; http2: boolean };
        /** True for spans of the backend whose parent nobody has reported. */
        orphaned?: boolean;
        /** True for traces that were found, and are gone afterwards. */
        evicted?: boolean;
        /** The application whose sidecar's spans do not arrive. */
        missing?: string;
    };
}
