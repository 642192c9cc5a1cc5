import assert from "node:assert/strict";
import {
    BALANCED_SERVICE,
    checkCilium,
    checkLoadBalancer,
    checkOpenShift,
    checkWebhookReachable,
    type BalancedService,
} from "../../../../checks/cluster/platform";
import { checkQuota, QUOTA, type QuotaObject } from "../../../../checks/cluster/quota";
import { parseQuantity } from "../../../../shared/kubernetes/quantities";
import { AKS, CILIUM, EKS, GKE_PRIVATE, GKE_PUBLIC } from "./clouds";

describe("a control plane that may not reach istiod's webhook", () => {
    it("is that of a private cluster of GKE, and perhaps of EKS", () => {
        const severities = (...nodes: Parameters<typeof checkWebhookReachable>[0]): string[] =>
            checkWebhookReachable(nodes, false).map(
                ({ severity, cure }) => `${severity} ${/15017/.exec(cure)?.[0] ?? ""}`,
            );
        assert.deepEqual(severities(GKE_PRIVATE), ["warning 15017"]);
        assert.deepEqual(severities(GKE_PRIVATE, GKE_PUBLIC), []);
        assert.deepEqual(severities(EKS), ["info 15017"]);
        assert.deepEqual(severities(AKS), []);
        assert.deepEqual(severities(), []);
    });

    it("is no news where sidecars are there already", () => {
        assert.deepEqual(checkWebhookReachable([GKE_PRIVATE, EKS], true), []);
    });
});

describe("Cilium", () => {
    const ids = (config: Record<string, string> | undefined, usesPlugin = false): string[] =>
        checkCilium(config, usesPlugin).map(({ id }) => id);

    it("goes round the sidecars where it balances load in the sockets of pods", () => {
        assert.deepEqual(ids(CILIUM), ["cilium-socket-lb"]);
        assert.deepEqual(ids({ ...CILIUM, "kube-proxy-replacement": "false", "bpf-lb-sock": "true" }), [
            "cilium-socket-lb",
        ]);
        assert.deepEqual(ids({ ...CILIUM, "bpf-lb-sock-hostns-only": "true" }), []);
        assert.deepEqual(ids({ ...CILIUM, "kube-proxy-replacement": "false" }), []);
        assert.deepEqual(ids(undefined), []);
    });

    it("removes Istio's CNI plugin unless it is told not to", () => {
        const right = { ...CILIUM, "bpf-lb-sock-hostns-only": "true" };
        assert.deepEqual(ids(right, true), ["cilium-cni-exclusive"]);
        assert.deepEqual(ids({ ...right, "cni-exclusive": "false" }, true), []);
    });
});

describe("OpenShift", () => {
    it("needs its platform named and Istio's CNI plugin", () => {
        const settings = (platform: string | undefined, plugin: boolean): string[] =>
            checkOpenShift(true, platform, plugin).map(({ resource }) => resource);
        assert.deepEqual(settings(undefined, false), ["istio.values.global.platform", "istio.cni.mode"]);
        assert.deepEqual(settings("openshift", true), []);
        assert.deepEqual(checkOpenShift(false, undefined, false), []);
    });
});

describe("a Service that waits for a load balancer", () => {
    const service = (name: string, address?: string): BalancedService => {
        const ingress = address === undefined ? {} : { ingress: [{ ip: address }] };
        const object = {
            metadata: { name, namespace: "web" },
            spec: { type: "LoadBalancer" },
            status: { loadBalancer: ingress },
        };
        return BALANCED_SERVICE(object) as BalancedService;
    };
    const severities = (...services: BalancedService[]): string[] =>
        checkLoadBalancer(services, "web/jaeger-gateway").map(({ severity, resource }) => `${severity} ${resource}`);

    it("is reported if it is the program's own, or if no Service has an address", () => {
        assert.deepEqual(severities(), []);
        assert.deepEqual(severities(service("a", "203.0.113.7"), service("b")), []);
        assert.deepEqual(severities(service("a"), service("b")), ["warning ui.serviceType"]);
        assert.deepEqual(severities(service("a", "203.0.113.7"), service("jaeger-gateway")), ["error ui.serviceType"]);
    });
});

describe("a namespace with a quota", () => {
    const object = (fields: object): QuotaObject =>
        QUOTA({ metadata: { name: "team", namespace: "istio-system" }, ...fields }) as QuotaObject;
    const requested = [
        { workload: "istiod", cpu: 0.5, memory: 2 * 2 ** 30 },
        { workload: "jaeger", cpu: 0.1, memory: 256 * 2 ** 20 },
    ];
    const found = (fields: object): string[] =>
        checkQuota([object(fields)], requested, parseQuantity).map(({ expected, got }) => `${expected}: ${got}`);

    it("must have room for all of the program's pods", () => {
        const quota = (hard: object, used: object = {}): object => ({ status: { hard, used } });
        assert.deepEqual(found(quota({ "requests.cpu": "4", "requests.memory": "8Gi" })), []);
        assert.deepEqual(found(quota({ "requests.cpu": "1" }, { "requests.cpu": "600m" })), [
            "room for 600m of cpu, which istiod, jaeger request: 400m of 1 left",
        ]);
        assert.deepEqual(found(quota({ memory: "2Gi" })), [
            "room for 2304Mi of memory, which istiod, jaeger request: 2048Mi of 2Gi left",
        ]);
    });

    it("must have room for the pods of an agent on every node", () => {
        const agents = [{ workload: "cni", cpu: 0.1, memory: 100 * 2 ** 20, pods: 30 }];
        const quota = object({ status: { hard: { "requests.cpu": "2" }, used: {} } });
        const [finding, ...others] = checkQuota([quota], agents, parseQuantity);
        assert.deepEqual([finding?.expected, others.length], ["room for 3000m of cpu, which cni request", 0]);
    });

    it("must let each pod be as large as it is", () => {
        const limits = (max: object): object => ({ spec: { limits: [{ type: "Pod", max }] } });
        assert.deepEqual(found(limits({ cpu: "1", memory: "4Gi" })), []);
        assert.deepEqual(found(limits({ memory: "1Gi" })), [
            "room for 2048Mi of memory, which istiod request: at most 1Gi for a pod",
        ]);
        const [finding] = checkQuota([object(limits({ memory: "1Gi" }))], requested, parseQuantity);
        assert.match(finding?.cure ?? "", /resources\.istiod\.requests\.memory/);
    });
});
