import { apply, describeFaults, patch } from "./faults";
import { kubectl } from "../support/sharedLab";

const DEMO = "demo";

describeFaults("the way to the application", [
    {
        what: "a Service without a pod",
        inject: (lab) => {
            kubectl(lab, "scale", "deployment/backend", "-n", DEMO, "--replicas=0");
            kubectl(lab, "wait", "--for=delete", "pod", "-n", DEMO, "-l", "app=backend", "--timeout=60s");
        },
        id: "target-no-endpoints",
        segment: "routing",
        got: /^none; answers: 503, 503, 503$/,
        mend: (lab) => {
            kubectl(lab, "scale", "deployment/backend", "-n", DEMO, "--replicas=1");
            kubectl(lab, "rollout", "status", "deployment/backend", "-n", DEMO, "--timeout=60s");
        },
        full: true,
    },
    {
        what: "a route to a subset that nobody has defined, which is in no table of tracing faults",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "VirtualService",
                metadata: { name: "backend", namespace: DEMO },
                spec: { hosts: ["backend"], http: [{ route: [{ destination: { host: "backend", subset: "v2" } }] }] },
            });
        },
        id: "request-failed",
        segment: "routing",
        got: /^503, 503, 503, response flags NC$/,
        mend: (lab) => {
            kubectl(lab, "delete", "virtualservice", "backend", "-n", DEMO);
        },
    },
    {
        what: "a VirtualService that injects errors, which is in no table of tracing faults",
        inject: (lab) => {
            const abort = { httpStatus: 503, percentage: { value: 100 } };
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "VirtualService",
                metadata: { name: "chaos", namespace: DEMO },
                spec: {
                    hosts: ["backend"],
                    http: [{ fault: { abort }, route: [{ destination: { host: "backend" } }] }],
                },
            });
        },
        id: "request-failed",
        segment: "routing",
        got: /^503, 503, 503, response flags FI$/,
        mend: (lab) => {
            kubectl(lab, "delete", "virtualservice", "chaos", "-n", DEMO);
        },
        full: true,
    },
    {
        what: "an AuthorizationPolicy that keeps the source out",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "security.istio.io/v1",
                kind: "AuthorizationPolicy",
                metadata: { name: "nobody", namespace: DEMO },
                spec: { selector: { matchLabels: { app: "backend" } }, action: "DENY", rules: [{}] },
            });
        },
        id: "request-failed",
        segment: "routing",
        got: /^403, 403, 403.*: action DENY, and its rule 1 fits$/,
        mend: (lab) => {
            kubectl(lab, "delete", "authorizationpolicy", "nobody", "-n", DEMO);
        },
        full: true,
    },
    {
        what: "a source whose requests pass its sidecar by, which is in no table of tracing faults",
        inject: (lab) => {
            const annotations = { "traffic.sidecar.istio.io/excludeOutboundPorts": "80" };
            const path = "/spec/template/metadata/annotations";
            patch(lab, DEMO, "deployment/frontend", { op: "add", path, value: annotations });
            kubectl(lab, "rollout", "status", "deployment/frontend", "-n", DEMO, "--timeout=60s");
        },
        id: "sidecar-bypassed",
        segment: "entry",
        got: /^the target got the probe's own context, unchanged; annotations .*excludeOutboundPorts: "80"/,
        mend: (lab) => {
            const path = "/spec/template/metadata/annotations/traffic.sidecar.istio.io~1excludeOutboundPorts";
            patch(lab, DEMO, "deployment/frontend", { op: "remove", path });
            kubectl(lab, "rollout", "status", "deployment/frontend", "-n", DEMO, "--timeout=60s");
        },
        full: true,
    },
]);
