import { ISTIO_VERSION } from "../../../../components/versions";
import type { Cluster } from "../../../../lab/cluster";
import { serveCharts } from "../../support/chartServer";
import { request } from "../../support/mesh";
import { kubectl } from "../../support/sharedLab";
import { openJaegerWith, UI_LOGIN } from "./login";
import type { ClusterStack, Others } from "./stack";

const CHARTS_PASSWORD = "geheim";
const THEIRS = ["istio-system", "demo"];
const CLASSES = { "platform-high": "1000", "platform-low": "10" };
/** The gateway's namespace, as the file names it. */
const EDGE = "edge-of-the-cluster-of-the-team-that-observes-what-others-build";
/** What the file asks the load balancer for. */
const ADDRESS = "10.77.0.9";

/** Tainted nodes, namespaces, charts and images of a platform team's own, and an internal load balancer. */
export const PLATFORM: ClusterStack = {
    name: "platform",
    services: ["frontend.demo", "backend.demo"],
    prepare: async (lab) => {
        const node = kubectl(lab, "get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
        kubectl(lab, "taint", "node", node, "dedicated=mesh:NoSchedule");
        kubectl(lab, "label", "node", node, "pool=mesh");
        for (const [name, value] of Object.entries(CLASSES))
            kubectl(lab, "create", "priorityclass", name, `--value=${value}`);
        for (const namespace of THEIRS) {
            kubectl(lab, "create", "namespace", namespace);
            kubectl(lab, "create", "secret", "generic", "registry-login", "-n", namespace);
        }
        const charts = await serveCharts(lab, ISTIO_VERSION, `reader:${CHARTS_PASSWORD}`);
        const former = process.env["HTTPS_PROXY"];
        process.env["HTTPS_PROXY"] = charts.proxy;
        return {
            settings: {
                ...{ "istio.chartSource": charts.url, "istio.chartAccess.caFile": charts.caFile },
                ...{ istioChartPassword: CHARTS_PASSWORD, uiBasicAuth: UI_LOGIN.setting },
            },
            change: {
                settings: { "ui.service.sourceRanges": JSON.stringify(["10.1.0.0/16"]) },
                before: '["10.0.0.0/8","fd00::/8"]',
                after: '["10.1.0.0/16"]',
                shown: () => kubectl(lab, ...SERVICE, "-o", "jsonpath={.spec.loadBalancerSourceRanges}"),
            },
            openJaeger: () => openJaegerWith(lab),
            doctor: { jaegerLogin: UI_LOGIN.login },
            request: (header) => request(lab, header),
            beside: () => {
                balance(lab);
            },
            remove: async () => {
                if (former === undefined) delete process.env["HTTPS_PROXY"];
                else process.env["HTTPS_PROXY"] = former;
                charts.close();
                kubectl(lab, "taint", "node", node, "dedicated-");
                kubectl(lab, "label", "node", node, "pool-");
                kubectl(lab, "delete", "priorityclass", ...Object.keys(CLASSES));
                kubectl(lab, "delete", "namespace", ...THEIRS, "--timeout=120s");
                return Promise.resolve();
            },
        } satisfies Others;
    },
};

const SERVICE = ["get", "service", "jaeger-gateway", "-n", EDGE, "--ignore-not-found"];

/** Does what a cloud's controller does for a Service of its class: gives it the address. */
function balance(lab: Cluster): void {
    const has = kubectl(
        lab,
        ...SERVICE,
        "-o",
        "jsonpath={.spec.loadBalancerClass} {.status.loadBalancer.ingress[0].ip}",
    );
    if (has.trim() !== "example.com/internal") return;
    const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: ADDRESS }] } } });
    kubectl(
        lab,
        "patch",
        "service",
        "jaeger-gateway",
        "-n",
        EDGE,
        "--subresource=status",
        "--type=merge",
        "-p",
        status,
    );
}
