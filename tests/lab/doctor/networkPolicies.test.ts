import type { Cluster } from "../../../lab/cluster";
import { applyCure } from "./examine";
import { apply, describeFaults } from "./faults";
import { cutOffJaeger } from "../support/jaegerPod";
import { kubectl } from "../support/sharedLab";

/** The lab's network enforces no NetworkPolicy, so that its effect is made beside it. */
function closed(lab: Cluster, namespace: string, spec: object): void {
    apply(lab, {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "closed", namespace },
        spec,
    });
    cutOffJaeger(lab, "add");
}

function open(lab: Cluster): void {
    for (const namespace of ["istio-system", "demo"])
        kubectl(lab, "delete", "networkpolicies", "-n", namespace, "--all");
}

describeFaults("a NetworkPolicy", [
    {
        what: "a policy of the collector's namespace that lets no spans in",
        inject: (lab) => {
            closed(lab, "istio-system", { podSelector: { matchLabels: { app: "jaeger" } }, policyTypes: ["Ingress"] });
        },
        id: "collector-network-policy",
        segment: "export",
        got: /^it selects the pod for ingress, and no rule allows TCP to Pod istio-system\/jaeger-.* at port 4317 from Pod demo\//,
        mend: (lab, findings) => {
            for (const finding of findings) applyCure(lab, finding);
            cutOffJaeger(lab, "del");
        },
        cleanUp: open,
        full: true,
    },
    {
        what: "a policy of the senders' namespace that lets nothing out but names",
        inject: (lab) => {
            const ports = [{ port: 53, protocol: "UDP" }];
            closed(lab, "demo", {
                podSelector: {},
                policyTypes: ["Egress"],
                egress: [{ ports }, { to: [{ podSelector: {} }] }],
            });
        },
        id: "collector-network-policy",
        segment: "export",
        got: /^it selects the pod for egress, and no rule allows TCP from Pod demo\/.* to Pod istio-system\/jaeger-.* at port 4317$/,
        mend: (lab, findings) => {
            for (const finding of findings) applyCure(lab, finding);
            cutOffJaeger(lab, "del");
        },
        cleanUp: open,
        full: true,
    },
]);
