import type { Cluster } from "../../../lab/cluster";
import { apply, describeFaults, patch } from "./faults";
import { kubectl } from "../support/sharedLab";

const DEMO = "demo";

/** A VirtualService for the backend. */
function detour(lab: Cluster, http: object): void {
    apply(lab, {
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name: "detour", namespace: DEMO },
        spec: { hosts: ["backend"], http: [http] },
    });
}

describeFaults("the way to the application", [
    {
        what: "a Service without a pod",
        inject: (lab) => {
            kubectl(lab, "scale", "deployment/backend", "-n", DEMO, "--replicas=0");
            kubectl(lab, "wait", "--for=delete", "pod", "-n", DEMO, "-l", "app=backend", "--timeout=60s");
        },
        id: "target-no-endpoints",
        segment: "routing",
        got: /^no ready pod; answers: 503, 503, 503$/,
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
        got: /^503, 503, 503, response flags NC \(.*\): its route names the subset v2, which no DestinationRule defines/,
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
        id: "route-answers",
        segment: "routing",
        got: /^fault\.abort 503: .*\(503, 503, 503, response flags FI \(a fault filter answered with an error\)\)$/,
        mend: (lab) => {
            kubectl(lab, "delete", "virtualservice", "chaos", "-n", DEMO);
        },
        full: true,
    },
    {
        what: "a VirtualService that answers in place of the application",
        inject: (lab) => {
            detour(lab, { directResponse: { status: 200, body: { string: "hello" } } });
        },
        id: "route-answers",
        segment: "routing",
        got: /^directResponse 200: .*\(200, 200, 200\)$/,
        mend: (lab) => {
            kubectl(lab, "delete", "virtualservice", "detour", "-n", DEMO);
        },
    },
    {
        what: "a VirtualService that redirects",
        inject: (lab) => {
            detour(lab, { redirect: { uri: "/elsewhere", redirectCode: 302 } });
        },
        id: "route-answers",
        segment: "routing",
        got: /^a redirect 302: /,
        mend: (lab) => {
            kubectl(lab, "delete", "virtualservice", "detour", "-n", DEMO);
        },
        full: true,
    },
    {
        what: "a VirtualService that leads to a host without a sidecar",
        inject: (lab) => {
            const host = "jaeger-query.istio-system.svc.cluster.local";
            const destination = { host, port: { number: 16686 } };
            detour(lab, { rewrite: { authority: host }, route: [{ destination }] });
        },
        id: "route-leads-away",
        segment: "routing",
        got: /^requests go to jaeger-query\.istio-system\.svc\.cluster\.local, with the host rewritten to /,
        mend: (lab) => {
            kubectl(lab, "delete", "virtualservice", "detour", "-n", DEMO);
        },
        full: true,
    },
    {
        what: "a VirtualService that leads to a Service without a pod",
        inject: (lab) => {
            const spec = { selector: { app: "nobody" }, ports: [{ name: "http", port: 80 }] };
            apply(lab, { apiVersion: "v1", kind: "Service", metadata: { name: "empty", namespace: DEMO }, spec });
            detour(lab, { route: [{ destination: { host: "empty" } }] });
        },
        id: "route-no-endpoints",
        segment: "routing",
        got: /^503, 503, 503, response flags UH \(.*\): its route for http:\/\/backend\/? points to Service demo\/empty, which has no ready pod$/,
        mend: (lab) => {
            kubectl(lab, "delete", "virtualservice/detour", "service/empty", "-n", DEMO);
        },
        options: { from: "deploy/frontend", namespace: DEMO, to: "http://backend" },
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
        got: /^403, 403, 403: action DENY, and rule 1 matches: rejects GET \/ at port 5678 of .* from cluster\.local\/ns\/demo\/sa\/\S+$/,
        full: true,
    },
    {
        what: "policies of which one keeps everybody out and another lets nobody in",
        inject: (lab) => {
            const policy = (name: string, namespace: string, spec: object): object => ({
                apiVersion: "security.istio.io/v1",
                kind: "AuthorizationPolicy",
                metadata: { name, namespace },
                spec,
            });
            const selector = { matchLabels: { app: "backend" } };
            const from = [{ source: { namespaces: ["*"] } }];
            apply(
                lab,
                policy("nobody", DEMO, { selector, action: "DENY", rules: [{ from }] }),
                policy("none", DEMO, { selector }),
            );
        },
        id: "request-failed",
        segment: "routing",
        got: /^403, 403, 403: action DENY, and rule 1 matches: rejects GET /,
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
        got: /^the target received the probe's own context, unchanged; annotations .*excludeOutboundPorts: "80"/,
        full: true,
    },
]);
