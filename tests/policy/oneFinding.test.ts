import type { Manifest } from "../../shared/kubernetes/manifest";
import assert from "node:assert/strict";
import { judgeObjects } from "../../cli/policy/judge";
import { indent, judgeTexts, meshConfigMap, PROVIDER, TELEMETRY } from "./judged";

const MESH = `${PROVIDER}defaultConfig: { tracing: { sampling: 5 } }\n`;
const ISTIOD =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: istiod, namespace: istio-system }\nspec: { template: { spec: { containers: [] } } }\n";
const APPLICATION = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: istiod, namespace: argocd }
spec:
  destination: { namespace: istio-system }
  source:
    chart: istiod
    targetRevision: "*"
    helm:
      values: |
        meshConfig:
${indent(MESH, 10)}`;

describe("a chart beside what it renders", () => {
    it("has each fault once, and its version judged", () => {
        const files = {
            "app.yaml": APPLICATION,
            "rendered.yaml": `${meshConfigMap(MESH)}---\n${ISTIOD}`,
            "t.yaml": TELEMETRY,
        };
        const found = judgeTexts(files).violations.map(({ rule, resource }) => `${rule} ${resource}`);
        assert.deepEqual(found, [
            "legacy-tracing-fields ConfigMap istio-system/istio",
            "chart-pinned Application argocd/istiod",
        ]);
    });

    it("is judged by its values where another revision is rendered", () => {
        const rendered = `${meshConfigMap(MESH, "istio-canary")}---\n${ISTIOD.replace("name: istiod", "name: istiod-canary")}`;
        const found = judgeTexts({
            "app.yaml": APPLICATION,
            "rendered.yaml": rendered,
            "t.yaml": TELEMETRY,
        }).violations;
        assert.equal(found.filter(({ rule }) => rule === "legacy-tracing-fields").length, 2);
    });

    it("is the same for a stack whose releases are rendered", () => {
        const release: Manifest = {
            ...{ apiVersion: "helm.sh/v3", kind: "Release", metadata: { name: "istiod", namespace: "istio-system" } },
            spec: { chart: "istiod", values: { meshConfig: { defaultConfig: { tracing: { sampling: 5 } } } } },
        };
        const rules = (rendered: Manifest[]): string[] =>
            judgeObjects({ objects: [release], rendered: new Set(rendered), whole: true }, "ci", {}, () => "stack")
                .filter(({ violations }) => violations.length > 0)
                .map(({ rule }) => rule);
        assert.deepEqual(rules([]), ["legacy-tracing-fields", "resources-set", "chart-pinned"]);
        assert.deepEqual(rules([release]), ["chart-pinned"]);
    });
});

describe("objects that name no namespace", () => {
    const without = (text: string): string => text.replace(/, namespace: [a-z-]+/, "");
    it("are no fault where they would be right in the namespace that is meant", () => {
        const service =
            "apiVersion: v1\nkind: Service\nmetadata: { name: spans }\nspec: { ports: [{ name: grpc, port: 4317 }] }\n";
        const strict =
            "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: { name: default }\nspec: { mtls: { mode: STRICT } }\n";
        const files = {
            "a.yaml": [without(meshConfigMap(PROVIDER)), without(TELEMETRY), service, strict].join("---\n"),
        };
        const { rules, notes } = judgeTexts(files);
        assert.deepEqual(rules, []);
        assert.deepEqual(notes, [
            "checked as objects in the namespace default, because they name none: Telemetry mesh-default, Service spans, PeerAuthentication default",
        ]);
    });

    it("are named by the first five alone", () => {
        const services = [1, 2, 3, 4, 5, 6, 7].map(
            (index) => `apiVersion: v1\nkind: Service\nmetadata: { name: s${String(index)} }\n`,
        );
        assert.match(judgeTexts({ "a.yaml": services.join("---\n") }).notes[0] ?? "", /Service s5 and 2 more$/);
    });
});
