import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { BACKEND_IMAGE } from "../../../components/versions";
import { apply, keepState } from "./faults";
import { assertHealthy, examine } from "./examine";
import { GUEST, makeGuest, removeGuest, startPod } from "../support/guestNamespace";
import { eventually, kubectl, labWithProgram } from "../support/sharedLab";

const NETWORKING = "networking.istio.io/v1";

/** Settings of other teams with which tracing works, so that a finding would be a false alarm. */
const VARIATIONS: { what: string; objects: object[] }[] = [
    {
        what: "a VirtualService that leads requests with a header elsewhere",
        objects: [
            {
                apiVersion: NETWORKING,
                kind: "VirtualService",
                metadata: { name: "canary", namespace: "demo" },
                spec: {
                    hosts: ["backend"],
                    http: [
                        {
                            match: [{ headers: { "x-canary": { exact: "yes" } } }],
                            route: [{ destination: { host: "frontend" } }],
                        },
                        { route: [{ destination: { host: "backend" } }] },
                    ],
                },
            },
        ],
    },
    {
        what: "connection pools for the target and for the collector",
        objects: ["backend.demo", "jaeger-collector.istio-system"].map((name) => ({
            apiVersion: NETWORKING,
            kind: "DestinationRule",
            metadata: { name: "pool", namespace: name.split(".")[1] },
            spec: {
                host: `${name}.svc.cluster.local`,
                trafficPolicy: {
                    connectionPool: {
                        tcp: { maxConnections: 100, connectTimeout: "1s" },
                        http: { http2MaxRequests: 1000, maxRequestsPerConnection: 50 },
                    },
                    outlierDetection: { consecutive5xxErrors: 5 },
                },
            },
        })),
    },
    {
        what: "an EnvoyFilter that keeps connections of every cluster alive",
        objects: [
            {
                apiVersion: "networking.istio.io/v1alpha3",
                kind: "EnvoyFilter",
                metadata: { name: "keepalive", namespace: "istio-system" },
                spec: {
                    configPatches: [
                        {
                            applyTo: "CLUSTER",
                            match: { context: "SIDECAR_OUTBOUND" },
                            patch: {
                                operation: "MERGE",
                                value: { upstream_connection_options: { tcp_keepalive: { keepalive_time: 60 } } },
                            },
                        },
                    ],
                },
            },
        ],
    },
];

describe("the doctor, in a mesh that works with what other teams have in it", () => {
    let lab: Cluster;
    let restore: () => Promise<void>;
    before(async () => {
        lab = await labWithProgram();
        restore = keepState(lab);
        await assertHealthy(lab);
    });
    afterEach(async () => {
        await restore();
    });

    for (const { what, objects } of VARIATIONS) {
        it(`finds nothing with ${what}`, async () => {
            apply(lab, ...objects);
            // Each of three runs, since some of it shows only under load or on a new connection.
            for (const requests of [50, 200, 200]) await assertHealthy(lab, { requests });
        });
    }

    it("finds nothing with a Telemetry of a second namespace, of another rate and with tags of its own", async () => {
        makeGuest(lab);
        try {
            kubectl(lab, "label", "namespace", GUEST, "istio-injection=enabled");
            kubectl(lab, "delete", "pod", "bystander", "-n", GUEST, "--grace-period=1");
            startPod(lab, "buyer");
            const container = { name: "x", image: BACKEND_IMAGE, args: ["-text=hello", "-listen=:5678"] };
            const customTags = { team: { literal: { value: "shop" } }, zone: { header: { name: "x-zone" } } };
            apply(
                lab,
                {
                    apiVersion: "telemetry.istio.io/v1",
                    kind: "Telemetry",
                    metadata: { name: "shop", namespace: GUEST },
                    spec: { tracing: [{ randomSamplingPercentage: 10, customTags }] },
                },
                {
                    apiVersion: "v1",
                    kind: "Pod",
                    metadata: { name: "x", namespace: GUEST, labels: { app: "x" } },
                    spec: { containers: [container] },
                },
                {
                    apiVersion: "v1",
                    kind: "Service",
                    metadata: { name: "x", namespace: GUEST },
                    spec: { selector: { app: "x" }, ports: [{ name: "http", port: 80, targetPort: 5678 }] },
                },
            );
            kubectl(lab, "wait", "-n", GUEST, "--for=condition=Ready", "pod/x", "--timeout=60s");
            await assertHealthy(lab);
            const paths = [
                { from: "deploy/frontend", namespace: "demo", to: `http://x.${GUEST}` },
                { from: "pod/buyer", namespace: GUEST, to: "http://backend.demo" },
            ];
            for (const path of paths) {
                await eventually(30, async () => {
                    const { healthy, findings } = await examine(lab, { ...path, requests: 200 });
                    const ids = findings.map(({ id, got }) => `${id}: ${got}`);
                    const others = findings.filter(({ id }) => id !== "sampling-decided-at-entry");
                    return (healthy && others.length === 0) || ids.join("; ");
                });
            }
            const { trace } = await examine(lab, paths[0]);
            const tags = trace?.spans
                .filter(({ service }) => service === `x.${GUEST}`)
                .map((span) => span.tags["team"]);
            assert.deepEqual([...new Set(tags)], ["shop"]);
        } finally {
            removeGuest(lab);
        }
    });
});
