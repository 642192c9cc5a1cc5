import assert from "node:assert/strict";
import { PLATFORMS } from "../../../../components/settings/platform";
import { problemsOf, settingsOf } from "./helpers";

const raw = (values: object): Record<string, string> => ({ "istio.values": JSON.stringify(values) });

describe("global.platform", () => {
    for (const platform of [...PLATFORMS, ""]) {
        it(`may be ${JSON.stringify(platform)}`, () => {
            settingsOf(raw({ global: { platform } }));
        });
    }

    for (const [platform, next] of [
        ["OpenShift", /did you mean openshift\?/],
        ["openshft", /did you mean openshift\?/],
        ["eks", /^remove it/],
        ["aks", /^remove it/],
        ["rke2", /^remove it/],
        [7, /remove it/],
        [null, /remove it/],
        [["gke"], /remove it/],
    ] satisfies [unknown, RegExp][]) {
        it(`is refused as ${JSON.stringify(platform)}, with those that the charts know`, () => {
            const [problem, ...more] = problemsOf(raw({ global: { platform } }));
            assert.deepEqual([problem?.key, more], ["istio.values.global.platform", []]);
            assert.match(problem?.expected ?? "", /gke, k3d, k3s, microk8s, minikube, openshift/);
            assert.match(problem?.next ?? "", next);
        });
    }

    it("is not written at the top level, where a waypoint's template does not look", () => {
        const [problem, ...more] = problemsOf(raw({ platform: "openshift" }));
        assert.deepEqual([problem?.key, more], ["istio.values.platform", []]);
        assert.match(problem?.next ?? "", /set global\.platform/);
    });

    it("clashes as openshift with a CNI plugin that is switched off, which the chart would overrule", () => {
        const global = { platform: "openshift" };
        assert.equal(problemsOf(raw({ global, cni: { enabled: false } }))[0]?.key, "istio.values.cni.enabled");
        settingsOf(raw({ global, cni: { enabled: true } }));
        settingsOf(raw({ global: { platform: "gke" }, cni: { enabled: false } }));
    });
});

describe("values below pilot", () => {
    for (const pilot of [{ env: { A: "b" } }, { resources: {} }, {}]) {
        it(`are refused as ${JSON.stringify(pilot)}, since the chart copies them over the settings`, () => {
            const [problem, ...more] = problemsOf(raw({ pilot }));
            assert.deepEqual([problem?.key, more], ["istio.values.pilot", []]);
            assert.match(problem?.next ?? "", /at the top level.*copies.*over its other values/);
        });
    }
});
