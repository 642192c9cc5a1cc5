import { apply, describeFaults, patch } from "./faults";
import { kubectl } from "../support/sharedLab";

const SYSTEM = "istio-system";
/** A Deployment, as far as a copy of it needs. */
interface Workload {
    spec: { template: { metadata: { labels: Record<string, string> } } };
}

const QUERY = "service/jaeger-query";

describeFaults("Jaeger's query API", [
    {
        what: "a cluster without a Service for it",
        inject: (lab) => {
            kubectl(lab, "delete", QUERY, "-n", SYSTEM);
        },
        id: "query-service-missing",
        segment: "query",
        got: /^no such Service in the cluster$/,
    },
    {
        what: "a Service that selects other pods",
        inject: (lab) => {
            patch(lab, SYSTEM, QUERY, { op: "replace", path: "/spec/selector", value: { app: "query" } });
        },
        id: "query-unreachable",
        segment: "query",
        got: /no endpoints available/,
        full: true,
    },
    {
        what: "a targetPort on which nothing listens",
        inject: (lab) => {
            patch(lab, SYSTEM, QUERY, { op: "replace", path: "/spec/ports/0/targetPort", value: 26686 });
        },
        id: "query-unreachable",
        segment: "query",
        got: /connection refused/,
        full: true,
    },
    {
        what: "a route to its UI by a path below which it does not serve",
        inject: (lab) => {
            const destination = { host: "jaeger-query.istio-system.svc.cluster.local", port: { number: 16686 } };
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "VirtualService",
                metadata: { name: "traces", namespace: SYSTEM },
                spec: {
                    hosts: ["traces.example.com"],
                    gateways: ["ingress"],
                    http: [{ match: [{ uri: { prefix: "/traces" } }], route: [{ destination }] }],
                },
            });
        },
        id: "jaeger-base-path",
        segment: "query",
        got: /^\/traces$/,
        mend: (lab) => {
            kubectl(lab, "delete", "virtualservice", "traces", "-n", SYSTEM);
        },
        full: true,
    },
]);

describeFaults("what keeps the traces", [
    {
        what: "a query Service that leads to another Jaeger",
        inject: (lab) => {
            const jaeger = JSON.parse(kubectl(lab, "get", "deployment/jaeger", "-n", SYSTEM, "-o", "json")) as Workload;
            const labels = { ...jaeger.spec.template.metadata.labels, app: "other" };
            const template = { ...jaeger.spec.template, metadata: { labels } };
            const spec = { ...jaeger.spec, selector: { matchLabels: { app: "other" } }, template };
            apply(lab, {
                apiVersion: "apps/v1",
                kind: "Deployment",
                metadata: { name: "other", namespace: SYSTEM },
                spec,
            });
            kubectl(lab, "rollout", "status", "deployment/other", "-n", SYSTEM, "--timeout=60s");
            patch(lab, SYSTEM, QUERY, { op: "replace", path: "/spec/selector", value: { app: "other" } });
        },
        id: "query-other-jaeger",
        segment: "query",
        got: /^the selector app=other, which leads to istio-system\/other-.*: spans are stored in one Jaeger \(memory\) and searched in another$/,
        cleanUp: (lab) => {
            kubectl(lab, "delete", "deployment/other", "-n", SYSTEM, "--wait=false");
        },
        full: true,
    },
]);
