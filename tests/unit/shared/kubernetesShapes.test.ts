import assert from "node:assert/strict";
import { listedPods } from "../../../shared/kubernetes/shapes";

const CONTAINER = { name: "backend", image: "echo", env: [{ name: "A", value: "1" }] };
const LIMITS = { memory: "64Mi" };

function podOf(name: string): unknown {
    return {
        metadata: { name, namespace: "demo", labels: { app: "backend" }, managedFields: [{ manager: "kubelet" }] },
        spec: {
            containers: [{ ...CONTAINER, resources: { limits: LIMITS, requests: { cpu: "1m" } } }],
            tolerations: [],
        },
        status: { phase: "Running", conditions: [{ type: "Ready", status: "True", lastTransitionTime: "now" }] },
    };
}

describe("the pods of a large cluster", () => {
    it("are kept with what the doctor reads of them, and nothing else", () => {
        assert.deepEqual(listedPods()(podOf("backend-0")), {
            metadata: { name: "backend-0", namespace: "demo", labels: { app: "backend" } },
            spec: { containers: [{ ...CONTAINER, resources: { limits: LIMITS } }] },
            status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
        });
    });

    it("share the containers that they have in common", () => {
        const shape = listedPods();
        const [first, second] = ["backend-0", "backend-1"].map((name) => shape(podOf(name)));
        assert.equal(first?.spec?.containers, second?.spec?.containers);
        assert.notEqual(first?.metadata.name, second?.metadata.name);
    });
});
