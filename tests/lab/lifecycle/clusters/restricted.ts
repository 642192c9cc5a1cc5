import type { Cluster } from "../../../../lab/cluster";
import { apply } from "../../doctor/faults";
import { installGatewayApi, removeGatewayApi } from "../../support/gatewayApi";
import { request } from "../../support/mesh";
import { kubectl } from "../../support/sharedLab";
import { openJaegerWith, UI_LOGIN } from "./login";
import type { ClusterStack } from "./stack";

/** The other teams' namespaces, with the label of the mesh where it shall see them. */
const THEIRS = { "cni-agents": {}, gateways: { mesh: "main" }, shop: { mesh: "main" } };

/** The gateway that the other team has let Istio's revision serve. */
const GATEWAY = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: {
        ...{ name: "shared", namespace: "gateways", labels: { "istio.io/rev": "stable" } },
        annotations: { "networking.istio.io/service-type": "ClusterIP" },
    },
    spec: {
        gatewayClassName: "istio",
        listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" } } }],
    },
};

/** Namespaces that admit only restricted pods, Istio's CNI plugin, a revision with tags, and another team's gateway. */
export const RESTRICTED: ClusterStack = {
    name: "restricted",
    services: ["frontend.demo", "backend.demo"],
    prepare: (lab) => {
        installGatewayApi(lab);
        for (const [name, labels] of Object.entries(THEIRS))
            apply(lab, { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
        apply(lab, GATEWAY);
        return Promise.resolve({
            settings: { uiBasicAuth: UI_LOGIN.setting },
            change: {
                settings: { "istio.revisionTags": JSON.stringify(["stable", "canary"]) },
                before: "istio-revision-tag-next istio-revision-tag-stable",
                after: "istio-revision-tag-canary istio-revision-tag-stable",
                shown: () => tags(lab),
            },
            openJaeger: () => openJaegerWith(lab),
            doctor: { jaegerLogin: UI_LOGIN.login },
            request: (header: string) => request(lab, header),
            endTraffic: () => {
                kubectl(lab, "delete", "gateway", "shared", "-n", "gateways", "--timeout=60s");
            },
            remove: () => {
                removeGatewayApi(lab);
                kubectl(lab, "delete", "namespace", ...Object.keys(THEIRS), "--timeout=120s");
                return Promise.resolve();
            },
        });
    },
};

function tags(lab: Cluster): string {
    const names = kubectl(lab, "get", "mutatingwebhookconfigurations", "-o", "jsonpath={.items[*].metadata.name}");
    return names
        .split(" ")
        .filter((name) => name.startsWith("istio-revision-tag-"))
        .sort()
        .join(" ");
}
