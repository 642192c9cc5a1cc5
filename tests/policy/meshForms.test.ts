import assert from "node:assert/strict";
import { indent, judgeTexts, meshConfigMap, PROVIDER, TELEMETRY, UNMARKED_SERVICE } from "./judged";

const snake = PROVIDER.replace("extensionProviders", "extension_providers");
const operator = (spec: string): string =>
    `apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: { name: mesh, namespace: istio-system }\nspec:\n${indent(spec, 2)}`;
const labelled = (revision: string): string =>
    TELEMETRY.replace("name: mesh-default,", `name: mesh-${revision}, labels: { istio.io/rev: ${revision} },`);

describe("a mesh configuration in snake_case", () => {
    it("has its providers read, and the collector behind them judged", () => {
        const { rules } = judgeTexts({
            "mesh.yaml": meshConfigMap(snake),
            "apps.yaml": `${TELEMETRY}---\n${UNMARKED_SERVICE}`,
        });
        assert.deepEqual(rules, ["otlp-grpc-port-marked"]);
    });

    it("has its former fields found below defaultConfig, and the header of a credential", () => {
        const tags = "custom_tags: { who: { header: { name: Authorization } } }, max_path_tag_length: 512";
        const spec = `meshConfig: { defaultConfig: { tracing: { ${tags}, zipkin: { address: "z.a.svc:9411" } } } }`;
        const { violations } = judgeTexts({ "mesh.yaml": operator(spec) });
        const got = violations.map(({ rule, got }) => `${rule}: ${got}`).join("\n");
        assert.match(got, /legacy-tracing-fields: .*tracing\.customTags/);
        assert.match(got, /custom-tags-secret-headers: the header Authorization/);
    });

    it("is told which fields istiod drops, and how they are spelled", () => {
        const mesh = `${PROVIDER}default_providers: { tracing: [otel] }\ndefault_config: { tracing: { sampling: 5 } }\n`;
        const { rules, violations } = judgeTexts({ "mesh.yaml": meshConfigMap(mesh) });
        assert.deepEqual(rules, ["configuration-readable", "telemetry-in-root-namespace"]);
        assert.match(violations[0]?.got ?? "", /default_providers and default_config, which istiod drops/);
        assert.match(violations[0]?.cure ?? "", /defaultProviders and defaultConfig/);
    });

    it("keeps keys of the user's own as they are: tags, runtime values, metadata", () => {
        const mesh = `${PROVIDER}defaultConfig: { runtimeValues: { a_b: "1" }, proxyMetadata: { MY_default_config: x } }\n`;
        assert.deepEqual(judgeTexts({ "mesh.yaml": meshConfigMap(mesh), "t.yaml": TELEMETRY }).rules, []);
    });
});

describe("mesh configurations of one control plane and of several", () => {
    const managed = meshConfigMap(
        "defaultConfig: {}\nrootNamespace: aks-istio-system\n",
        "istio-asm-1-28",
        "aks-istio-system",
    );
    const shared = meshConfigMap(PROVIDER, "istio-shared-configmap-asm-1-28", "aks-istio-system");
    const aks = TELEMETRY.replace("istio-system", "aks-istio-system");

    it("are one where a cloud manages one of two ConfigMaps", () => {
        assert.deepEqual(judgeTexts({ "a.yaml": managed, "b.yaml": shared, "t.yaml": aks }).rules, []);
        const typo = judgeTexts({
            "a.yaml": managed,
            "b.yaml": shared,
            "t.yaml": aks.replace("name: otel", "name: otle"),
        });
        assert.deepEqual(typo.rules, ["telemetry-provider-exists"]);
        assert.deepEqual(judgeTexts({ "b.yaml": shared, "t.yaml": aks }).rules, []);
    });

    it("are one where istiod's environment names the second ConfigMap", () => {
        const istiod =
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: istiod, namespace: istio-system }\nspec: { template: { spec: { containers: [{ name: discovery, env: [{ name: SHARED_MESH_CONFIG, value: user-mesh }] }] } } }";
        const files = {
            "a.yaml": meshConfigMap("enableTracing: true\n"),
            "b.yaml": meshConfigMap(PROVIDER, "user-mesh"),
            "t.yaml": TELEMETRY,
        };
        const alone = judgeTexts(files).rules;
        assert.ok(alone.includes("telemetry-provider-exists"));
        const { rules } = judgeTexts({ ...files, "d.yaml": istiod }, ["resources-set", "restricted-security-context"]);
        assert.deepEqual(rules, []);
    });

    it("are judged each for itself where two revisions have their own", () => {
        const other = meshConfigMap(PROVIDER.replace("name: otel", "name: zipkin"), "istio-canary");
        const both = { "a.yaml": meshConfigMap(PROVIDER), "b.yaml": other };
        const found = judgeTexts({ ...both, "t.yaml": TELEMETRY });
        assert.deepEqual(found.rules, ["telemetry-provider-exists"]);
        assert.match(found.violations[0]?.expected ?? "", /of ConfigMap istio-system\/istio-canary: zipkin/);
        const apart = `${labelled("default")}---\n${labelled("canary").replace("name: otel", "name: zipkin")}`;
        assert.deepEqual(judgeTexts({ ...both, "t.yaml": apart }).rules, []);
        const wrong = `${labelled("default")}---\n${labelled("canary")}`;
        assert.deepEqual(judgeTexts({ ...both, "t.yaml": wrong }).rules, ["telemetry-provider-exists"]);
    });

    it("have a Telemetry for another revision as an advice, since files do not say whether there is one", () => {
        const { rules, violations } = judgeTexts({ "a.yaml": meshConfigMap(PROVIDER), "t.yaml": labelled("canary") });
        assert.deepEqual(rules, ["telemetry-revision"]);
        assert.equal(violations[0]?.severity, "warning");
        assert.match(violations[0].got, /istio\.io\/rev=canary/);
        assert.deepEqual(judgeTexts({ "a.yaml": meshConfigMap(PROVIDER), "t.yaml": labelled("default") }).rules, []);
    });
});

describe("operators' resources", () => {
    it("hold the mesh configuration of Sail, by revision", () => {
        const sail = `apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: { name: default }\nspec:\n  namespace: istio-system\n  values:\n    meshConfig:\n${indent(PROVIDER, 6)}`;
        assert.deepEqual(
            judgeTexts({ "istio.yaml": sail, "t.yaml": TELEMETRY.replace("name: otel", "name: jaeger") }).rules,
            ["telemetry-provider-exists"],
        );
        const based = sail.replace(
            "  namespace",
            "  version: v1.28.0\n  updateStrategy: { type: RevisionBased }\n  namespace",
        );
        assert.deepEqual(judgeTexts({ "istio.yaml": based, "t.yaml": labelled("default-v1-28-0") }).rules, []);
    });

    it("of Kyma hide the mesh configuration, which is a note", () => {
        const kyma =
            "apiVersion: operator.kyma-project.io/v1alpha2\nkind: Istio\nmetadata: { name: default, namespace: kyma-system }\nspec: { config: { numTrustedProxies: 1 } }";
        const { rules, notes } = judgeTexts({ "istio.yaml": kyma, "t.yaml": TELEMETRY });
        assert.deepEqual(rules, []);
        assert.match(notes.join(), /Istio kyma-system\/default: its operator writes the mesh configuration/);
    });

    it("with the profile demo may bring the provider that a Telemetry names", () => {
        const { rules, notes } = judgeTexts({ "o.yaml": operator("profile: demo"), "t.yaml": TELEMETRY });
        assert.deepEqual(rules, []);
        assert.match(notes.join(), /the profile demo adds its own providers/);
    });
});
