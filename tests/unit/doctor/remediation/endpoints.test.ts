import assert from "node:assert/strict";
import type { Evidence } from "../../../../doctor/evidence";
import type { PodObject, WorkloadObject } from "../../../../shared/kubernetes/objects";
import { formatCommand } from "../../../../doctor/remediation/commands";
import { endpointsCure } from "../../../../doctor/remediation/endpoints";

function workload(kind: WorkloadObject["kind"], name: string, replicas?: number): WorkloadObject {
    const containers = [{ name: "c", ports: [{ containerPort: 4317 }] }];
    const labels = { app: name, tier: "backend" };
    const spec = {
        replicas,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels }, spec: { containers } },
    };
    return { kind, metadata: { name }, spec };
}

function cure(
    selector: Record<string, string> | undefined,
    workloads: WorkloadObject[],
    pods: PodObject[] = [],
): { commands: string[]; cure?: string } {
    const service = { metadata: { name: "otel", namespace: "obs" }, spec: { selector, ports: [{ port: 4317 }] } };
    const evidence = {
        workloads: { value: workloads },
        discovery: { pods: { value: pods }, endpointSlices: { value: [] } },
    };
    const collector = { service, pods, port: 4317 };
    const found = endpointsCure(evidence as unknown as Evidence, collector);
    return { ...found, commands: found.commands.map((command) => formatCommand(command)) };
}

describe("the cure of a collector without endpoints", () => {
    it("scales up what was scaled to nothing, of whatever kind, and never down", () => {
        const [command] = cure({ app: "otel" }, [workload("StatefulSet", "otel", 0)]).commands;
        assert.equal(command, "kubectl scale statefulset/otel -n obs --replicas=1");
        assert.deepEqual(cure({ app: "otel" }, [workload("Deployment", "otel", 3)]).commands, []);
        assert.deepEqual(cure({ app: "otel" }, [workload("DaemonSet", "otel")]).commands, []);
    });

    it("lets a Service without a selector select the only workload that runs and takes spans", () => {
        const [patch] = cure(undefined, [workload("Deployment", "otel", 1)]).commands;
        assert.match(patch ?? "", /"op":"add","path":"\/spec\/selector","value":\{"app":"otel"\}/);
    });

    it("touches no workload for a Service without a selector", () => {
        assert.deepEqual(cure(undefined, [workload("Deployment", "istiod", 0)]).commands, []);
    });

    it("points to pods that are not ready", () => {
        const pods = [{ metadata: { name: "otel-0", namespace: "obs" } }];
        const found = cure({ app: "otel" }, [workload("StatefulSet", "otel", 1)], pods);
        assert.match(found.cure ?? "", /not ready.*kubectl describe pods -n obs -l app=otel$/);
        assert.deepEqual(found.commands, []);
    });

    it("says what the containers of these pods wait for", () => {
        const state = { waiting: { reason: "PodInitializing" } };
        const containerStatuses = [{ name: "otel", restartCount: 4, state }];
        const pods = [{ metadata: { name: "otel-0", namespace: "obs" }, status: { containerStatuses } }];
        const found = cure({ app: "otel" }, [workload("StatefulSet", "otel", 1)], pods);
        assert.match(found.cure ?? "", /\(container otel of Pod obs\/otel-0 is in PodInitializing after 4 restarts\)/);
    });

    it("selects the only workload that takes spans, and guesses nothing among several", () => {
        const [patch] = cure({ app: "typo" }, [workload("Deployment", "otel", 1)]).commands;
        assert.match(patch ?? "", /"path":"\/spec\/selector","value":\{"app":"otel"\}/);
        const several = [workload("Deployment", "otel", 1), workload("Deployment", "agent", 1)];
        assert.deepEqual(cure({ app: "typo" }, several).commands, []);
    });
});
