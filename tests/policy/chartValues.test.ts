import assert from "node:assert/strict";
import { indent, judgeTexts, PROVIDER, TELEMETRY, UNMARKED_SERVICE } from "./judged";

const VALUES = `resources: { limits: { memory: 1Gi } }
meshConfig:
  defaultConfig: { tracing: { sampling: 5 } }
${indent(PROVIDER, 2)}`;
const OTHER = `resources: { limits: { memory: 1Gi } }\nmeshConfig: { enableTracing: true }\n`;

const application = (helm: string, kind = "source"): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: istiod, namespace: argocd }
spec:
  destination: { namespace: istio-system }
${kind === "source" ? "  source:\n" : "  sources:\n    - { repoURL: https://git.example.com/values.git, ref: values }\n    -\n"}${indent(
    `repoURL: https://charts.example.com\nchart: istiod\ntargetRevision: 1.31.1\nhelm:\n${indent(helm, 2)}`,
    kind === "source" ? 4 : 6,
)}`;
const helmChart = (spec: string): string => `apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: { name: istiod, namespace: kube-system }
spec:
  chart: istiod
  version: 1.31.1
  targetNamespace: istio-system
${indent(spec, 2)}`;
const helmRelease = (spec: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: istiod, namespace: istio-system }
spec:
${indent(spec, 2)}`;
const CHART = `chart: { spec: { chart: istiod, version: 1.31.1 } }\n`;
const configMap = (name: string, key: string, text: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: istio-system }\ndata:\n  ${key}: |\n${indent(text, 4)}`;

/** What is wrong behind the values of every form. */
const FOUND = ["legacy-tracing-fields", "otlp-grpc-port-marked"];

describe("values of Istio's chart that people write", () => {
    const forms: Record<string, Record<string, string>> = {
        "as text in an Application of Argo CD": { "app.yaml": application(`values: |\n${indent(VALUES, 2)}`) },
        "as data in one of its sources": { "app.yaml": application(`valuesObject:\n${indent(VALUES, 2)}`, "sources") },
        "as text in one of its sources": { "app.yaml": application(`values: |\n${indent(VALUES, 2)}`, "sources") },
        "as parameters above text": {
            "app.yaml": application(
                `parameters: [{ name: meshConfig.defaultConfig.tracing.sampling, value: "5" }]\nvalues: |\n${indent(VALUES.replace("sampling: 5", ""), 2)}`,
            ),
        },
        "in a file that valueFiles names, beside it": {
            "app.yaml": application("valueFiles: [$values/istio/values.yaml]", "sources"),
            "istio/values.yaml": VALUES,
        },
        "as text in a HelmChart of k3s": { "chart.yaml": helmChart(`valuesContent: |-\n${indent(VALUES, 2)}`) },
        "as text in a HelmChartConfig of k3s": {
            "chart.yaml": helmChart(`valuesContent: |-\n${indent(OTHER, 2)}`),
            "config.yaml": `apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nmetadata: { name: istiod, namespace: kube-system }\nspec:\n  valuesContent: |\n${indent(VALUES, 4)}`,
        },
        "in a ConfigMap that valuesFrom of Flux names": {
            "release.yaml": helmRelease(
                `${CHART}valuesFrom: [{ kind: ConfigMap, name: mesh }]\nvalues: { replicaCount: 2 }`,
            ),
            "values.yaml": configMap("mesh", "values.yaml", VALUES),
        },
        "in a ConfigMap under another key": {
            "release.yaml": helmRelease(`${CHART}valuesFrom: [{ kind: ConfigMap, name: mesh, valuesKey: istiod.yml }]`),
            "values.yaml": configMap("mesh", "istiod.yml", VALUES),
        },
        "of a chart that chartRef of Flux names": {
            "release.yaml": helmRelease(`chartRef: { kind: OCIRepository, name: mesh }\nvalues:\n${indent(VALUES, 2)}`),
            "source.yaml":
                "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: { name: mesh, namespace: istio-system }\nspec: { url: oci://charts.example.com/istio/istiod, ref: { tag: 1.31.1 } }",
        },
    };
    for (const [form, files] of Object.entries(forms)) {
        it(`are judged ${form}`, () => {
            const { rules, notes } = judgeTexts({ ...files, "mesh.yaml": `${TELEMETRY}---\n${UNMARKED_SERVICE}` });
            assert.deepEqual(rules, FOUND);
            assert.deepEqual(notes, []);
        });
    }

    const unseen: [string, string, RegExp][] = [
        [
            "a file of valueFiles",
            application("valueFiles: [$values/istiod.yaml]"),
            /istiod: spec\.source\.helm\.valueFiles .*\$values\/istiod\.yaml/,
        ],
        [
            "a Secret",
            helmRelease(`${CHART}valuesFrom: [{ kind: Secret, name: mesh }]`),
            /spec\.valuesFrom\[0\] .*Secret mesh/,
        ],
        [
            "a ConfigMap of elsewhere",
            helmRelease(`${CHART}valuesFrom: [{ kind: ConfigMap, name: mesh }]`),
            /ConfigMap mesh/,
        ],
        [
            "a Secret of k3s",
            helmChart("valuesSecrets: [{ name: mesh, keys: [values.yaml] }]"),
            /valuesSecrets\[0\] .*Secret mesh/,
        ],
        [
            "the profile demo",
            helmRelease(`${CHART}values: { profile: demo, resources: { limits: { memory: 1Gi } } }`),
            /the profile demo/,
        ],
    ];
    for (const [where, file, note] of unseen) {
        it(`that stand in ${where} are a note, and no error`, () => {
            const { rules, notes } = judgeTexts({ "values.yaml": file, "mesh.yaml": TELEMETRY });
            assert.deepEqual(rules, []);
            assert.equal(notes.length, 1);
            assert.match(notes[0] ?? "", note);
        });
    }

    it("of a folder are a note too: the folder has values of its own, or is a chart around another one", () => {
        const folder = (path: string): string =>
            `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: mesh, namespace: argocd }\nspec:\n  destination: { namespace: istio-system }\n  source: { path: ${path}, helm: { valuesObject: { istiod: { meshConfig: {} } } } }\n`;
        const { rules, notes } = judgeTexts({ "app.yaml": folder("charts/istiod"), "mesh.yaml": TELEMETRY });
        assert.deepEqual(rules, []);
        assert.match(notes.join(), /spec\.source\.path takes values from the folder \.\/charts\/istiod/);
        const flux = helmRelease(
            "chart: { spec: { chart: ./charts/istiod, sourceRef: { kind: GitRepository, name: mesh } } }",
        );
        assert.deepEqual(judgeTexts({ "release.yaml": flux, "mesh.yaml": TELEMETRY }).rules, []);
    });

    it("of an archive at an address are those of its chart, and its version stands in the address", () => {
        const archive = helmChart(`valuesContent: |-\n${indent(VALUES, 2)}`)
            .replace("chart: istiod", "chart: https://charts.example.com/istiod-1.31.1.tgz")
            .replace("  version: 1.31.1\n", "");
        const { rules } = judgeTexts({ "chart.yaml": archive, "mesh.yaml": `${TELEMETRY}---\n${UNMARKED_SERVICE}` });
        assert.deepEqual(rules, FOUND);
    });

    it("of an ApplicationSet may be filled in later", () => {
        const values = `valuesObject:\n${indent(VALUES.replace("spans.observability.svc.cluster.local", "'{{.region}}.observability.svc.cluster.local'"), 2)}`;
        const set = application(values)
            .replace("kind: Application", "kind: ApplicationSet")
            .replace(/spec:\n([^]*)/, (_, spec: string) => `spec:\n  template:\n    spec:\n${indent(spec, 4)}`);
        assert.deepEqual(judgeTexts({ "set.yaml": set, "mesh.yaml": TELEMETRY }).rules, ["legacy-tracing-fields"]);
    });

    it("are a finding where a ConfigMap that Flux names holds no YAML", () => {
        const release = helmRelease(`${CHART}valuesFrom: [{ kind: ConfigMap, name: mesh }]`);
        const files = { "release.yaml": release, "values.yaml": configMap("mesh", "values.yaml", "a: [b") };
        const { rules, violations } = judgeTexts({ ...files, "mesh.yaml": TELEMETRY });
        assert.deepEqual(rules, ["configuration-readable"]);
        assert.match(violations[0]?.expected ?? "", /YAML in the ConfigMap mesh of spec\.valuesFrom/);
    });

    it("that are not seen may name a default provider, so no Telemetry is missed", () => {
        const release = helmRelease(
            `${CHART}valuesFrom: [{ kind: Secret, name: mesh }]\nvalues:\n${indent(VALUES, 2)}`,
        );
        assert.deepEqual(judgeTexts({ "release.yaml": release }).rules, ["legacy-tracing-fields"]);
    });

    it("are named with the version of a chart that stands elsewhere, which is a note too", () => {
        const { rules, notes } = judgeTexts({
            "release.yaml": helmRelease(
                `chartRef: { kind: OCIRepository, name: istiod }\nvalues:\n${indent(OTHER, 2)}`,
            ),
        });
        assert.deepEqual(rules, []);
        assert.match(notes.join(), /spec\.chartRef names OCIRepository istiod, which is not among the objects/);
    });

    it("are not merged where Argo CD does not merge them: valuesObject takes the place of values", () => {
        const both = `valuesObject:\n${indent(OTHER, 2)}values: |\n${indent(VALUES, 2)}`;
        const { rules } = judgeTexts({ "app.yaml": application(both), "mesh.yaml": TELEMETRY });
        assert.deepEqual(rules, ["telemetry-provider-exists"]);
    });

    it("are a finding where they are no YAML, which no missing provider follows", () => {
        const { rules, notes } = judgeTexts({
            "app.yaml": application('values: "meshConfig: ["'),
            "mesh.yaml": TELEMETRY,
        });
        assert.deepEqual(rules, ["configuration-readable"]);
        assert.match(notes.join(), /spec\.source\.helm\.values is not valid YAML/);
    });
});
