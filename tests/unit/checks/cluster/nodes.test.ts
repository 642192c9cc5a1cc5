import assert from "node:assert/strict";
import { checkNodeArchitecture, checkNodeResources } from "../../../../checks/cluster/nodes";
import type { NodeObject } from "../../../../shared/kubernetes/objects";
import { parseQuantity } from "../../../../shared/kubernetes/quantities";

describe("nodes", () => {
    const node = (cpu: string, memory: string, changes: Partial<NodeObject["spec"]> = {}): NodeObject => ({
        metadata: { name: "n" },
        spec: changes,
        status: {
            allocatable: { cpu, memory },
            nodeInfo: { architecture: "amd64" },
            conditions: [{ type: "Ready", status: "True" }],
        },
    });
    const pods = { istiod: { cpu: 0.5, memory: 2 ** 31 }, jaeger: { cpu: 0.1, memory: 2 ** 28 } };

    it("are fine when every pod fits", () => {
        assert.deepEqual(checkNodeResources([node("3920m", "8Gi")], pods, parseQuantity), []);
        assert.deepEqual(checkNodeArchitecture([node("1", "1Gi")]), []);
    });

    it("are too small when all requests exceed all nodes, or one pod exceeds every node", () => {
        const split = checkNodeResources([node("2", "1.2Gi"), node("2", "1.2Gi")], pods, parseQuantity);
        assert.deepEqual(
            split.map(({ expected }) => expected),
            ["one node with capacity for istiod, which requests 0.5 CPU and 2.0 GiB"],
        );
        assert.match(checkNodeResources([node("500m", "8Gi")], pods, parseQuantity)[0]?.expected ?? "", /0\.6 CPU/);
    });

    it("are not counted when they are cordoned, tainted or not ready", () => {
        const useless = [
            node("8", "8Gi", { unschedulable: true }),
            node("8", "8Gi", { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] }),
            { ...node("8", "8Gi"), status: { conditions: [{ type: "Ready", status: "False" }] } },
        ];
        assert.match(checkNodeResources(useless, pods, parseQuantity)[0]?.got ?? "", /3 nodes, none of them usable/);
        assert.match(checkNodeResources([], pods, parseQuantity)[0]?.got ?? "", /^no nodes$/);
    });

    it("of a processor without published images are named", () => {
        const foreign = { ...node("8", "8Gi"), status: { nodeInfo: { architecture: "s390x" } } };
        assert.equal(checkNodeArchitecture([node("8", "8Gi"), foreign])[0]?.got, "s390x on n");
    });
});
