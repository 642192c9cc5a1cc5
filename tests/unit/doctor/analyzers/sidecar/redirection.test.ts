import assert from "node:assert/strict";
import { redirectionMissing } from "../../../../../doctor/analyzers/sidecar/redirection";
import { sidecarsNotReady } from "../../../../../doctor/analyzers/sidecar/unready";
import type { Access } from "../../../../../doctor/connection/access";
import type { PodObject } from "../../../../../shared/kubernetes/objects";
import { evidenceOf, pod, put } from "../../patient";

type Discovery = ReturnType<typeof evidenceOf>["discovery"];

/** A pod on the node n1 whose istio-validation fails, or waits to fail again. */
function hanging(workload: string, state: object = { waiting: { reason: "CrashLoopBackOff" } }): PodObject {
    const made = pod("demo", workload, "10.0.0.1");
    const conditions = [{ type: "Ready", status: "False" }];
    const statuses = [{ name: "istio-validation", restartCount: 3, state }, { name: "istio-proxy" }];
    return {
        ...made,
        spec: { ...made.spec, nodeName: "n1" },
        status: { phase: "Pending", conditions, initContainerStatuses: statuses },
    };
}

function agent(node: string, ready: boolean): PodObject {
    const metadata = {
        name: `istio-cni-node-${node}`,
        namespace: "kube-system",
        labels: { "k8s-app": "istio-cni-node" },
    };
    const conditions = [{ type: "Ready", status: ready ? "True" : "False" }];
    return { metadata, spec: { nodeName: node }, status: { phase: "Running", conditions } };
}

function meshOf(...pods: PodObject[]): Discovery {
    const { discovery } = evidenceOf();
    put(discovery, "pods", ...pods);
    return discovery;
}

describe("pods with sidecars whose traffic nothing redirects", () => {
    const got = (...pods: PodObject[]): string => redirectionMissing(meshOf(hanging("backend"), ...pods))[0]?.got ?? "";

    it("are found by their istio-validation, with the agent that is missing as the cause", () => {
        const [finding, ...more] = redirectionMissing(meshOf(hanging("backend"), pod("demo", "frontend", "10.0.0.2")));
        assert.deepEqual([finding?.id, finding?.resource, more], ["redirection-missing", "Namespace demo", []]);
        assert.match(finding?.got ?? "", /^1 in Init:CrashLoopBackOff, of backend: .*its agent runs nowhere/);
        assert.match(finding?.cure ?? "", /istio\.cni\.mode: install/);
    });

    it("are told apart by what is known of the agent on their node", () => {
        assert.match(got(agent("n2", true)), /no agent of Istio's CNI plugin runs on the node n1/);
        assert.match(got(agent("n1", false)), /istio-cni-node-n1, is not ready/);
        assert.match(got(agent("n1", true)), /is ready, but the node did not run the plugin for the pod/);
    });

    it("are counted by namespace, and found between two tries as well", () => {
        const failed = hanging("frontend", { terminated: { reason: "Error" } });
        const [finding] = redirectionMissing(meshOf(hanging("backend"), failed));
        assert.match(finding?.got ?? "", /^2 in Init:CrashLoopBackOff, of backend, frontend:/);
    });

    it("are found while istio-validation tries once more", () => {
        const trying = hanging("backend", {});
        const [status] = trying.status?.initContainerStatuses ?? [];
        Object.assign(status ?? {}, { lastState: { terminated: { reason: "Error" } } });
        assert.equal(redirectionMissing(meshOf(trying)).length, 1);
    });

    it("are none where istio-validation has found the redirection, or another container fails", () => {
        const fine = hanging("backend", { terminated: { reason: "Completed" } });
        const other = pod("demo", "frontend", "10.0.0.2");
        const state = { waiting: { reason: "CrashLoopBackOff" } };
        other.status = { phase: "Pending", initContainerStatuses: [{ name: "migrate", state }] };
        assert.deepEqual(redirectionMissing(meshOf(fine, other)), []);
    });

    it("explain why no pod can send a probe", async () => {
        const access = {} as Access;
        const error = await sidecarsNotReady(access, {}, meshOf(hanging("frontend"), hanging("backend")));
        assert.match(
            error?.message ?? "",
            /hangs in Init:CrashLoopBackOff.*its agent runs nowhere.*Next: Install the agent/s,
        );
    });
});
