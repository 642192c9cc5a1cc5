import { apply, changeMesh, describeFaults, meshConfig, patch } from "./faults";
import { kubectl } from "../support/sharedLab";

const SYSTEM = "istio-system";
const DEMO = "demo";
const PATH = { from: "deploy/frontend", namespace: DEMO, to: "http://backend" };

function rule(spec: object): object {
    return {
        apiVersion: "networking.istio.io/v1",
        kind: "DestinationRule",
        metadata: { name: "backend", namespace: DEMO },
        spec: { host: "backend.demo.svc.cluster.local", ...spec },
    };
}

function telemetry(app: string, block: object): object {
    return {
        apiVersion: "telemetry.istio.io/v1",
        kind: "Telemetry",
        metadata: { name: app, namespace: DEMO },
        spec: { selector: { matchLabels: { app } }, tracing: [block] },
    };
}

describeFaults("what one side of a path has for itself", [
    {
        what: "a Telemetry that lets the target report by a provider of other headers",
        inject: (lab) => {
            const service = "jaeger-collector.istio-system.svc.cluster.local";
            const { extensionProviders } = meshConfig(lab);
            changeMesh(lab, "extensionProviders", [
                ...extensionProviders,
                { name: "former", zipkin: { service, port: 9411 } },
            ]);
            apply(lab, telemetry("backend", { providers: [{ name: "former" }] }));
        },
        id: "providers-differ",
        segment: "propagation",
        got: /^"former" for Pod demo\/backend-.*: its sidecar reads b3, but the source's sidecar writes traceparent/,
        full: true,
    },
    {
        what: "a Telemetry that switches off the reports of one workload",
        inject: (lab) => {
            apply(lab, telemetry("frontend", { disableSpanReporting: true }));
        },
        id: "reporting-disabled",
        segment: "sidecar",
        got: /Telemetry demo\/frontend, disableSpanReporting$/,
        full: true,
    },
    {
        what: "plain text to a target that takes the mesh's own TLS alone",
        inject: (lab) => {
            apply(
                lab,
                {
                    apiVersion: "security.istio.io/v1",
                    kind: "PeerAuthentication",
                    metadata: { name: "strict", namespace: DEMO },
                    spec: { mtls: { mode: "STRICT" } },
                },
                rule({ trafficPolicy: { tls: { mode: "DISABLE" } } }),
            );
        },
        id: "request-failed",
        segment: "routing",
        got: /: tls mode DISABLE, but Pod demo\/backend-.* accepts only the mesh's own TLS/,
        options: PATH,
        full: true,
    },
    {
        what: "the mesh's own TLS to a target that takes plain text alone",
        inject: (lab) => {
            apply(
                lab,
                {
                    apiVersion: "security.istio.io/v1",
                    kind: "PeerAuthentication",
                    metadata: { name: "plain", namespace: DEMO },
                    spec: { mtls: { mode: "DISABLE" } },
                },
                rule({ trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } }),
            );
        },
        id: "request-failed",
        segment: "routing",
        got: /: tls mode ISTIO_MUTUAL, but Pod demo\/backend-.* accepts only plain text, because of PeerAuthentication demo\/plain/,
        options: PATH,
        full: true,
    },
    {
        what: "a port of the application that is marked as kubernetes.io/h2c",
        inject: (lab) => {
            const value = "kubernetes.io/h2c";
            patch(lab, DEMO, "service/backend", { op: "replace", path: "/spec/ports/0/appProtocol", value });
        },
        id: "request-failed",
        segment: "routing",
        got: /: port 80 \(.*appProtocol kubernetes\.io\/h2c\), for which sidecars use HTTP\/2, but the application does not/,
        options: PATH,
        full: true,
    },
    {
        what: "a targetPort of the application on which nobody listens",
        inject: (lab) => {
            patch(lab, DEMO, "service/backend", { op: "replace", path: "/spec/ports/0/targetPort", value: 9999 });
        },
        id: "request-failed",
        segment: "routing",
        got: /targetPort 9999 of port 80, but its pods declare \d+$/,
        options: PATH,
        full: true,
    },
]);

describeFaults("what a target's own annotations say", [
    {
        what: "a target whose requests pass its sidecar by",
        inject: (lab) => {
            const annotations = { "traffic.sidecar.istio.io/excludeInboundPorts": "5678" };
            const template = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
            kubectl(lab, "patch", "deployment/backend", "-n", DEMO, "--type=merge", "-p", template);
            kubectl(lab, "rollout", "status", "deployment/backend", "-n", DEMO, "--timeout=60s");
        },
        id: "request-failed",
        segment: "routing",
        got: /annotations .*excludeInboundPorts: "5678" make port 5678 bypass its sidecar/,
        full: true,
    },
]);

describeFaults("the Service of Jaeger's query API", [
    {
        what: "one that selects pods which are no Jaeger",
        inject: (lab) => {
            patch(lab, SYSTEM, "service/jaeger-query", {
                op: "replace",
                path: "/spec/selector",
                value: { app: "istiod" },
            });
        },
        id: "query-unreachable",
        segment: "query",
        got: /./,
        full: true,
    },
]);
