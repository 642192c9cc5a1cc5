import assert from "node:assert/strict";
import type { TelemetryObject } from "../../../checks/meshObjects";
import { samplingOfPod } from "../../../doctor/collector";
import type { Evidence } from "../../../doctor/evidence";
import { readMeshes } from "../../../doctor/mesh";
import type { DoctorFinding } from "../../../doctor/model";
import type { PodObject } from "../../../doctor/objects";
import type { Survey } from "../../../doctor/survey";
import { judgeSurvey } from "../../../doctor/survey/judge";
import type { LiveRate } from "../../../doctor/survey/live";
import { surveyNamespaces } from "../../../doctor/survey/namespaces";
import { cluster, MESH_WIDE, pod, telemetry } from "./largeMesh";

const SOURCE = pod("demo", "frontend");
const TARGET = pod("demo", "backend");

function findings(
    others: PodObject[],
    { telemetries = [MESH_WIDE], target = TARGET, live = [] as LiveRate[] } = {},
): DoctorFinding[] {
    const discovery = cluster([SOURCE, target, ...others], telemetries);
    const [, mesh] = readMeshes(discovery);
    assert.ok(mesh !== undefined);
    const sampling = { source: samplingOfPod(SOURCE, mesh, discovery), target: samplingOfPod(target, mesh, discovery) };
    const path = { source: SOURCE, targets: [target], url: "http://backend", service: undefined, port: 80 };
    const survey = { namespaces: surveyNamespaces(discovery), live } as unknown as Survey;
    return judgeSurvey(survey, { discovery, mesh, path, sampling } as unknown as Evidence);
}

describe("what the doctor says of the mesh beside the path", () => {
    it("is nothing where one Telemetry decides and every pod has its sidecar", () => {
        assert.deepEqual(findings([pod("shop", "cart")]), []);
    });

    it("is which workloads have pods without a sidecar, with the commands that restart them", () => {
        const none = { proxyConfig: "none" } as const;
        const labels = { "pod-template-hash": "5d4f" };
        const [found, ...others] = findings([
            pod("shop", "cart-5d4f-a", { ...none, labels, owner: { kind: "ReplicaSet", name: "cart-5d4f" } }),
            pod("shop", "cart-5d4f-b", { ...none, labels, owner: { kind: "ReplicaSet", name: "cart-5d4f" } }),
            pod("shop", "store-0", { ...none, owner: { kind: "StatefulSet", name: "store" } }),
            pod("shop", "alone", none),
            pod("shop", "traced"),
        ]);
        assert.deepEqual(others, []);
        assert.equal(found?.severity, "warning");
        assert.equal(found.got, "none in 4 of 5 pods, of cart, store, alone");
        assert.deepEqual(found.commands, [
            "kubectl rollout restart deployment/cart -n shop",
            "kubectl rollout status deployment/cart -n shop --timeout=120s",
            "kubectl rollout restart statefulset/store -n shop",
            "kubectl rollout status statefulset/store -n shop --timeout=120s",
        ]);
    });

    it("does not repeat a pod of the path, which has a finding of its own", () => {
        assert.deepEqual(findings([], { target: pod("demo", "backend", { proxyConfig: "none" }) }), []);
    });

    it("is that a rate of the target's namespace decides nothing for requests that begin elsewhere", () => {
        const target = pod("shop", "cart");
        const own: TelemetryObject = telemetry("shop", "own", { randomSamplingPercentage: 5 });
        const [found, ...others] = findings([], { telemetries: [MESH_WIDE, own], target });
        assert.deepEqual(others, []);
        assert.equal(found?.severity, "info");
        assert.match(found.got, /^5 percent \(Telemetry shop\/own.* Pod demo\/frontend: it decides with 100 percent/);
    });

    it("is that another sidecar has not got the rate that objects say", () => {
        const rate = { workload: "shop/cart", side: "client", decidedBy: "Telemetry shop/own" } as const;
        const live = [
            { ...rate, pod: "shop/cart-1", configuredPercent: 5, livePercent: 5 },
            { ...rate, pod: "shop/cart-2", configuredPercent: 5, livePercent: 100 },
        ];
        const [found, ...others] = findings([pod("shop", "cart")], { live });
        assert.deepEqual(others, []);
        assert.deepEqual([found?.id, found?.resource, found?.got], ["sampling-not-live", "Pod shop/cart-2", "100"]);
    });
});
