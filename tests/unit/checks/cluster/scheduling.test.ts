import assert from "node:assert/strict";
import { checkNodeResources } from "../../../../checks/cluster/nodes";
import {
    checkPriorityClasses,
    checkPullSecrets,
    checkSchedulable,
    type ScheduledPods,
} from "../../../../checks/cluster/scheduling";
import type { NodeObject } from "../../../../shared/kubernetes/objects";
import { parseQuantity } from "../../../../shared/kubernetes/quantities";
import type { Taint, Toleration } from "../../../../shared/kubernetes/tolerations";

const DEDICATED: Taint = { key: "dedicated", value: "mesh", effect: "NoSchedule" };

function node(name: string, labels: Record<string, string>, taints: Taint[] = [], memory = "8Gi"): NodeObject {
    return {
        metadata: { name, labels },
        spec: { taints },
        status: { allocatable: { cpu: "4", memory }, conditions: [{ type: "Ready", status: "True" }] },
    };
}

function pods(changes: Partial<ScheduledPods> = {}): ScheduledPods {
    return { nodeSelector: {}, tolerations: [], priorityClassName: "", ...changes };
}

describe("pods and the nodes of a cluster", () => {
    it("fit when one node has the labels, and taints that are tolerated", () => {
        const nodes = [node("a", {}, [DEDICATED]), node("b", { pool: "mesh" }, [DEDICATED])];
        const { key, value } = DEDICATED;
        const tolerations: Toleration[] = [{ key, value: value ?? "", effect: "NoSchedule" }];
        assert.deepEqual(
            checkSchedulable(nodes, { jaeger: pods({ nodeSelector: { pool: "mesh" }, tolerations }) }),
            [],
        );
        assert.deepEqual(checkSchedulable(nodes, { jaeger: pods({ tolerations: [{ operator: "Exists" }] }) }), []);
        assert.deepEqual(
            checkSchedulable([node("a", {}, [{ ...DEDICATED, effect: "PreferNoSchedule" }])], { x: pods() }),
            [],
        );
    });

    it("do not fit a taint of another value or effect, and are told the toleration that they need", () => {
        const wrong: Toleration[] = [
            { key: "dedicated", value: "batch" },
            { key: "dedicated", operator: "Exists", effect: "NoExecute" },
            { key: "other", operator: "Exists" },
        ];
        const [finding, ...more] = checkSchedulable([node("a", {}, [DEDICATED])], {
            istiod: pods({ tolerations: wrong }),
            jaeger: pods(),
        });
        assert.deepEqual(more, []);
        assert.equal(finding?.resource, "pods.tolerations");
        assert.match(finding.expected, /istiod, jaeger/);
        assert.match(finding.got, /dedicated=mesh:NoSchedule/);
        assert.match(finding.cure, /\[\{"key":"dedicated","value":"mesh","effect":"NoSchedule"\}\]/);
    });

    it("fit a ready node whose taint of a former state Kubernetes has not removed yet", () => {
        const taints = ["not-ready", "unreachable"].map((state) => ({
            ...{ key: `node.kubernetes.io/${state}`, effect: "NoExecute" },
        }));
        const fresh = node("a", {}, taints);
        assert.deepEqual(checkSchedulable([fresh], { jaeger: pods() }), []);
        assert.deepEqual(checkNodeResources([fresh], { jaeger: { cpu: 1, memory: 1 } }, parseQuantity), []);
    });

    it("name the setting of the one workload that no node has the labels for", () => {
        const found = checkSchedulable([node("a", { pool: "mesh" })], {
            istiod: pods({ nodeSelector: { pool: "mesh" } }),
            jaeger: pods({ nodeSelector: { disk: "ssd", zone: "a" } }),
        });
        assert.deepEqual(
            found.map(({ id, resource }) => [id, resource]),
            [["pods-node-selector", "pods.jaeger.nodeSelector"]],
        );
        assert.match(found[0]?.cure ?? "", /kubectl label node NODE disk=ssd zone=a$/);
    });

    it("are not judged while no node is ready, of which another finding tells", () => {
        const cordoned = { ...node("a", {}), spec: { unschedulable: true } };
        assert.deepEqual(checkSchedulable([cordoned], { jaeger: pods({ nodeSelector: { a: "b" } }) }), []);
    });

    it("have room on the nodes that take them, not on others", () => {
        const nodes = [node("big", {}, [DEDICATED], "64Gi"), node("small", {}, [], "1Gi")];
        const size = { cpu: 0.1, memory: 2 ** 31 };
        assert.match(checkNodeResources(nodes, { jaeger: size }, parseQuantity)[0]?.got ?? "", /1\.0 GiB/);
        const tolerations: Toleration[] = [{ key: "dedicated", operator: "Exists" }];
        assert.deepEqual(checkNodeResources(nodes, { jaeger: { ...size, tolerations } }, parseQuantity), []);
    });
});

describe("what else pods ask of a cluster", () => {
    it("is a PriorityClass, without which Kubernetes refuses them", () => {
        const classes = [{ metadata: { name: "system-cluster-critical" } }];
        const high = pods({ priorityClassName: "high" });
        assert.deepEqual(
            checkPriorityClasses(classes, {
                jaeger: pods(),
                istiod: pods({ priorityClassName: "system-cluster-critical" }),
            }),
            [],
        );
        const [finding] = checkPriorityClasses(classes, { jaeger: high });
        assert.deepEqual([finding?.severity, finding?.resource], ["error", "pods.jaeger.priorityClassName"]);
        assert.equal(checkPriorityClasses([], { jaeger: high, istiod: high })[0]?.resource, "pods.priorityClassName");
    });

    it("is the login of a registry, which nobody can have made in a namespace that is not there yet", () => {
        const secret = { namespace: "demo", name: "login", workloads: ["frontend"], isNewNamespace: true };
        assert.deepEqual(checkPullSecrets([secret], { "demo/login": true }), []);
        const [fresh] = checkPullSecrets([secret], { "demo/login": false });
        assert.deepEqual([fresh?.severity, fresh?.resource], ["warning", "pods.frontend.imagePullSecrets"]);
        assert.match(fresh?.got ?? "", /the program creates the namespace/);
        const [missing] = checkPullSecrets([{ ...secret, isNewNamespace: false }], { "demo/login": false });
        assert.match(missing?.cure ?? "", /^Create it: kubectl create secret docker-registry login -n demo/);
    });
});
