import assert from "node:assert/strict";
import type { SegmentName } from "../../../doctor/segments";
import type { Cluster } from "../../../lab/cluster";
import { FULL } from "../support/fullRun";
import { DOCTOR_SETTINGS, findsInCluster, turnsGreen } from "../support/inClusterDoctor";
import { query } from "../support/prometheus";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";
import { apply, changeMesh, keepState, patch } from "./faults";

const [SYSTEM, HOME] = ["istio-system", "tracing-doctor"];
const COLLECTOR = "service/jaeger-collector";
const TELEMETRY = "telemetry/mesh-default";

/** A fault of the mesh, or of the doctor's own path, that the doctor in the cluster has to see. */
interface WatchedFault {
    what: string;
    inject: (lab: Cluster) => void;
    id: string;
    segment: SegmentName;
    /** Puts back what is in the doctor's own namespace. */
    undo?: (lab: Cluster) => void;
}

const FAULTS: WatchedFault[] = [
    {
        what: "a Jaeger that is scaled to nothing",
        inject: (lab) => kubectl(lab, "scale", "deployment/jaeger", "-n", SYSTEM, "--replicas=0"),
        id: "collector-endpoints-ready",
        segment: "export",
    },
    {
        what: "a provider whose Service is spelled wrongly",
        inject: (lab) => {
            changeMesh(lab, "service", "jaeger-colector.istio-system.svc.cluster.local");
        },
        id: "collector-service-exists",
        segment: "sidecar",
    },
    {
        what: "a provider with a port that the collector does not have",
        inject: (lab) => {
            changeMesh(lab, "port", 4327);
        },
        id: "collector-port-exists",
        segment: "export",
    },
    {
        what: "a targetPort on which nothing listens",
        inject: (lab) => {
            patch(lab, SYSTEM, COLLECTOR, { op: "replace", path: "/spec/ports/0/targetPort", value: 14317 });
        },
        id: "collector-target-port",
        segment: "export",
    },
    {
        what: "a collector port without a gRPC mark",
        inject: (lab) => {
            patch(
                ...([lab, SYSTEM, COLLECTOR] as const),
                { op: "remove", path: "/spec/ports/0/appProtocol" },
                { op: "replace", path: "/spec/ports/0/name", value: "otlp" },
            );
        },
        id: "collector-port-grpc",
        segment: "export",
    },
    {
        what: "a DestinationRule that forces mTLS on a collector without a sidecar",
        inject: (lab) => {
            apply(lab, {
                ...{ apiVersion: "networking.istio.io/v1", kind: "DestinationRule" },
                metadata: { name: "mtls", namespace: SYSTEM },
                spec: { host: "*.local", trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } },
            });
        },
        id: "collector-mtls",
        segment: "export",
    },
    {
        what: "a Telemetry that switches off all reports",
        inject: (lab) => {
            patch(lab, SYSTEM, TELEMETRY, { op: "add", path: "/spec/tracing/0/disableSpanReporting", value: true });
        },
        id: "reporting-disabled",
        segment: "sidecar",
    },
    {
        what: "a Telemetry with the name of another provider",
        inject: (lab) => {
            patch(lab, SYSTEM, TELEMETRY, { op: "replace", path: "/spec/tracing/0/providers/0/name", value: "jaeger" });
        },
        id: "telemetry-provider-exists",
        segment: "sidecar",
    },
    {
        what: "a server of its own that is gone",
        inject: (lab) => kubectl(lab, "scale", "deployment/tracing-doctor-server", "-n", HOME, "--replicas=0"),
        id: "target-no-endpoints",
        segment: "routing",
        undo: (lab) => kubectl(lab, "scale", "deployment/tracing-doctor-server", "-n", HOME, "--replicas=1"),
    },
    {
        what: "an AuthorizationPolicy that keeps it out",
        inject: (lab) => {
            apply(lab, {
                ...{ apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" },
                metadata: { name: "nobody", namespace: HOME },
                spec: { selector: { matchLabels: { app: "tracing-doctor-server" } }, action: "DENY", rules: [{}] },
            });
        },
        id: "request-failed",
        segment: "routing",
        undo: (lab) => kubectl(lab, "delete", "authorizationpolicy/nobody", "-n", HOME),
    },
];

// Each fault must be seen, and its end confirmed, which takes minutes.
if (FULL)
    describe("the doctor in the cluster sees within two minutes", function () {
        this.timeout(900_000);
        let lab: Cluster;
        let restore: () => Promise<void>;
        before(async () => {
            lab = await labWithProgram();
            const settings = { ...DOCTOR_SETTINGS, "metrics.deployPrometheus": "true" };
            assert.equal((await program(lab, "up", settings)).failed, undefined);
            restore = keepState(lab);
            await turnsGreen(lab);
        });
        after(async () => {
            await restore();
            assert.equal((await program(lab, "up")).failed, undefined);
        });

        for (const { what, inject, id, segment, undo } of FAULTS)
            it(`${what} (${id}), and its end`, async () => {
                try {
                    inject(lab);
                    assert.ok((await findsInCluster(lab, id)).includes(`segment="${segment}"`));
                } finally {
                    undo?.(lab);
                    await restore();
                }
                await turnsGreen(lab);
            });

        it("nothing else, and the stack's own Prometheus has its metrics", async () => {
            await eventually(120, () => {
                const [probe] = query(lab, "max(tracing_probe_success)");
                const findings = query(lab, "tracing_finding");
                const answer = JSON.stringify({ probe, findings });
                return Promise.resolve((probe?.value === 1 && findings.length === 0) || answer);
            });
        });
    });
