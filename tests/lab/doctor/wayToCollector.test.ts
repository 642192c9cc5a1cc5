import type { Cluster } from "../../../lab/cluster";
import { apply, changeMesh, describeFaults, patch, type Fault } from "./faults";
import { kubectl } from "../support/sharedLab";

const SYSTEM = "istio-system";
const COLLECTOR = "service/jaeger-collector";
const HOST = "jaeger-collector.istio-system.svc.cluster.local";
const TARGET_PORT = "/spec/ports/0/targetPort";

function rule(lab: Cluster, host: string, trafficPolicy: object = { tls: { mode: "SIMPLE" } }): void {
    apply(lab, {
        apiVersion: "networking.istio.io/v1",
        kind: "DestinationRule",
        metadata: { name: "way", namespace: SYSTEM },
        spec: { host, trafficPolicy },
    });
}

const FAULTS: Omit<Fault, "full" | "segment">[] = [
    {
        what: "a targetPort that is the name of no port",
        inject: (lab) => {
            patch(lab, SYSTEM, COLLECTOR, { op: "replace", path: TARGET_PORT, value: "grpc-otpl" });
        },
        id: "collector-target-port",
        got: /^grpc-otpl, which is not the name of a port of its pods/,
    },
    {
        what: "a targetPort that leads to the receiver of OTLP over HTTP",
        inject: (lab) => {
            patch(lab, SYSTEM, COLLECTOR, { op: "replace", path: TARGET_PORT, value: 4318 });
        },
        id: "collector-port-protocol",
        got: /^port 4317 .*, which accepts otlp-http according to its pods' answers$/,
    },
    {
        what: "two ports of the collector's Service with each other's targetPort",
        inject: (lab) => {
            const other = "/spec/ports/1/targetPort";
            patch(
                lab,
                SYSTEM,
                COLLECTOR,
                { op: "replace", path: TARGET_PORT, value: 4318 },
                { op: "replace", path: other, value: 4317 },
            );
        },
        id: "collector-port-protocol",
        got: /^port 4317 .*, which accepts otlp-http according to its pods' answers$/,
    },
    {
        what: "a port for OTLP over HTTP that is marked as kubernetes.io/h2c",
        inject: (lab) => {
            const http = { path: "/v1/traces", timeout: "3s" };
            changeMesh(lab, "opentelemetry", { service: HOST, port: 4318, http });
            const appProtocol = "kubernetes.io/h2c";
            patch(lab, SYSTEM, COLLECTOR, { op: "replace", path: "/spec/ports/1/appProtocol", value: appProtocol });
        },
        id: "collector-port-http",
        got: /^port 4318 \(name .*, appProtocol kubernetes\.io\/h2c\), for which sidecars use HTTP\/2$/,
    },
    {
        what: "a DestinationRule that starts TLS to a collector which takes plain text",
        inject: (lab) => {
            rule(lab, HOST);
        },
        id: "collector-receiver-tls",
        got: /^mode SIMPLE for jaeger-collector\./,
    },
    {
        what: "a DestinationRule that starts TLS to every Service",
        inject: (lab) => {
            rule(lab, "*.istio-system.svc.cluster.local");
        },
        id: "collector-receiver-tls",
        got: /^mode SIMPLE for \*\.istio-system\./,
    },
    {
        what: "a DestinationRule that starts connections with a PROXY protocol header",
        inject: (lab) => {
            rule(lab, "*.istio-system.svc.cluster.local", { proxyProtocol: { version: "V2" } });
        },
        id: "collector-proxy-protocol",
        got: /^trafficPolicy\.proxyProtocol V2,/,
    },
    {
        what: "a path over HTTP that the collector does not serve",
        inject: (lab) => {
            changeMesh(lab, "opentelemetry", {
                service: HOST,
                port: 4318,
                http: { path: "/v2/traces", timeout: "3s" },
            });
        },
        id: "provider-http-unfit",
        got: /^the path \/v2\/traces; /,
    },
    {
        what: "a timeout over HTTP in which nobody can answer",
        inject: (lab) => {
            changeMesh(lab, "opentelemetry", {
                service: HOST,
                port: 4318,
                http: { path: "/v1/traces", timeout: "1ms" },
            });
        },
        id: "provider-http-unfit",
        got: /^the timeout 1ms; .*; [1-9]\d* calls ended at the timeout$/,
    },
    {
        what: "a Service that its own annotation keeps in its namespace",
        inject: (lab) => {
            kubectl(lab, "annotate", COLLECTOR, "-n", SYSTEM, "networking.istio.io/exportTo=.");
        },
        id: "collector-not-visible",
        got: /^networking\.istio\.io\/exportTo: \., /,
    },
    {
        what: "a mesh whose Services are seen in their own namespaces alone",
        inject: (lab) => {
            changeMesh(lab, "defaultServiceExportTo", ["."]);
        },
        id: "collector-not-visible",
        got: /defaultServiceExportTo \. of the mesh configuration istio-system\/istio/,
    },
    {
        what: "a Sidecar resource of one workload that hides the collector from it",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "Sidecar",
                metadata: { name: "backend", namespace: "demo" },
                spec: { workloadSelector: { labels: { app: "backend" } }, egress: [{ hosts: ["./*"] }] },
            });
        },
        id: "collector-not-visible",
        got: /^egress only to \.\/\*$/,
    },
];

describeFaults("the way to the collector", [
    ...FAULTS.map((fault): Fault => ({ ...fault, segment: "export", full: true })),
    {
        what: "a provider whose Service is spelled wrongly",
        inject: (lab) => {
            changeMesh(lab, "service", "jaeger-colector.istio-system.svc.cluster.local");
        },
        id: "collector-service-exists",
        segment: "sidecar",
        got: /^no such Service/,
        full: true,
    },
]);
