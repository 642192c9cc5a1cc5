import type { ClusterObject, NodeObject } from "../../shared/kubernetes/objects";
import { METADATA_SHAPE } from "../../shared/kubernetes/shapes";
import { at, itemsAt, textAt } from "../../shared/values/plainObjects";
import { anything, objectOf, text, type Shape } from "../../shared/values/shapes";
import type { Finding } from "../finding";

/** A Service, as far as its load balancer matters. */
export interface BalancedService extends ClusterObject {
    spec?: { type?: string };
    status?: object;
}

/** The fields of a Service that the check reads. */
export const BALANCED_SERVICE: Shape<BalancedService> = objectOf<BalancedService>(
    { metadata: METADATA_SHAPE, spec: objectOf({ type: text }), status: anything as Shape<object> },
    "metadata",
);

/** Port at which the API server asks istiod for sidecars. */
const WEBHOOK_PORT = 15017;

/**
 * Reports clusters of clouds whose control plane may not reach istiod's webhook: then no pod is injected, and creating
 * pods takes ten seconds longer or fails. Only from within the control plane could one tell for sure.
 *
 * Source: https://istio.io/latest/docs/setup/platform-setup/gke/
 */
export function checkWebhookReachable(nodes: NodeObject[], isUpdate: boolean): Finding[] {
    // Pods with sidecars show that it does.
    if (isUpdate) return [];
    const found = (severity: Finding["severity"], got: string, cure: string): Finding[] => [
        {
            ...{ id: "webhook-reachable", severity, resource: "control plane", got, cure },
            expected:
                `access for TCP port ${String(WEBHOOK_PORT)} from the control plane to the nodes, for istiod's ` +
                "webhook",
        },
    ];
    const isOf = (prefix: string): boolean =>
        nodes.some((node) => (textAt(node, "spec", "providerID") ?? "").startsWith(prefix));
    const hasPublicAddress = nodes.some((node) =>
        itemsAt(node, "status", "addresses").some((address) => at(address, "type") === "ExternalIP"),
    );
    if (isOf("gce://") && nodes.some(isGke) && !hasPublicAddress) {
        const cure =
            `Add ${String(WEBHOOK_PORT)} to the firewall rule gke-CLUSTER-HASH-master, which by default allows 443 and 10250: ` +
            "gcloud compute firewall-rules list --filter=name~gke-CLUSTER-.*-master";
        return found(
            "warning",
            "nodes of GKE without public addresses: a private cluster, whose firewall allows few ports",
            cure,
        );
    }
    if (!isOf("aws://")) return [];
    const cure =
        `If the nodes have their own security group, as with Terraform modules, allow TCP ${String(WEBHOOK_PORT)} ` +
        "to it from the cluster's security group.";
    return found("info", "nodes of EKS, whose security groups this check cannot read", cure);
}

function isGke({ metadata }: NodeObject): boolean {
    return metadata.labels?.["cloud.google.com/gke-nodepool"] !== undefined;
}

/** What the cluster's Cilium is told, from its ConfigMap. */
export type CiliumConfig = Record<string, string>;

/**
 * Reports a Cilium that goes round the sidecars. It replaces the address of a Service in the socket of an application,
 * before a sidecar sees the request.
 *
 * @param usesPlugin true if Istio's CNI plugin sets up the pods.
 *
 * Source: https://docs.cilium.io/en/stable/network/servicemesh/istio/
 */
export function checkCilium(config: CiliumConfig | undefined, usesPlugin: boolean): Finding[] {
    if (config === undefined) return [];
    const resource = "ConfigMap kube-system/cilium-config";
    const finding = (id: string, expected: string, got: string, cure: string): Finding => ({
        ...{ id, severity: "error", resource, expected, got, cure },
    });
    const replaces =
        ["true", "strict"].includes(config["kube-proxy-replacement"] ?? "") || config["bpf-lb-sock"] === "true";
    const isBypassed = replaces && config["bpf-lb-sock-hostns-only"] !== "true";
    const exclusive = config["cni-exclusive"] ?? "true";
    return [
        ...(isBypassed
            ? [
                  finding(
                      "cilium-socket-lb",
                      "bpf-lb-sock-hostns-only: true, since Cilium balances load in the sockets of pods",
                      config["bpf-lb-sock-hostns-only"] ?? "nothing",
                      "Set Cilium's Helm value socketLB.hostNamespaceOnly to true, and restart its agents. Otherwise sidecars see " +
                          "the addresses of pods instead of Services, and trace and route them as unknown.",
                  ),
              ]
            : []),
        ...(usesPlugin && exclusive === "true"
            ? [
                  finding(
                      "cilium-cni-exclusive",
                      "cni-exclusive: false, since Istio's CNI plugin is chained behind Cilium's",
                      exclusive,
                      "Set Cilium's Helm value cni.exclusive to false: it removes the configuration of other plugins.",
                  ),
              ]
            : []),
    ];
}

/** Reports an OpenShift for which the settings are not made: it rejects fixed user IDs and the init container. */
export function checkOpenShift(isOpenShift: boolean, platform: string | undefined, usesPlugin: boolean): Finding[] {
    if (!isOpenShift) return [];
    const finding = (resource: string, expected: string, got: string, cure: string): Finding => ({
        ...{ id: "openshift-settings", severity: "error", resource, expected, got, cure },
    });
    return [
        ...(platform === "openshift"
            ? []
            : [
                  finding(
                      "istio.values.global.platform",
                      "openshift, since the cluster serves config.openshift.io",
                      platform ?? "nothing",
                      "pulumi config set --path istio.values.global.platform openshift",
                  ),
              ]),
        ...(usesPlugin
            ? []
            : [
                  finding(
                      "istio.cni.mode",
                      "Istio's CNI plugin, since restricted-v2 rejects the init container of sidecars",
                      "sidecars that set up their pods themselves",
                      "pulumi config set --path istio.cni.mode install, or installed if the cluster has the plugin",
                  ),
              ]),
    ];
}

/**
 * Reports a Service of type LoadBalancer that gets no address: `pulumi up` would wait for one until its time is up.
 *
 * @param own the Service of the UI's gateway, as `NAMESPACE/NAME`.
 */
export function checkLoadBalancer(services: BalancedService[], own: string): Finding[] {
    const balanced = services.filter(({ spec }) => spec?.type === "LoadBalancer");
    const nameOf = ({ metadata: { namespace = "", name } }: BalancedService): string => `${namespace}/${name}`;
    const pending = balanced.filter((service) => itemsAt(service, "status", "loadBalancer", "ingress").length === 0);
    const isOwn = pending.some((service) => nameOf(service) === own);
    if (pending.length === 0 || (!isOwn && pending.length < balanced.length)) return [];
    return [
        {
            ...{ id: "load-balancer", severity: isOwn ? "error" : "warning", resource: "ui.serviceType" },
            expected: "a cluster that gives Services of type LoadBalancer an address",
            got: `no address for ${pending.map(nameOf).join(", ")}`,
            cure:
                "Set ui.serviceType to NodePort or ClusterIP, or ui.service.loadBalancerClass or ui.service.annotations to what the " +
                "cluster's load balancer asks for. The reason: kubectl describe service NAME -n NAMESPACE",
        },
    ];
}
