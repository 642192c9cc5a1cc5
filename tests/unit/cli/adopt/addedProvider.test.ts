import assert from "node:assert/strict";
import {
    ADDED_ANNOTATION,
    addToConfigMap,
    addToIstio,
    removeFromConfigMap,
    removeFromIstio,
    type Change,
    type MeshHolder,
} from "../../../../cli/adopt/addedProvider";
import { mapAt, omit, type PlainObject } from "../../../../shared/values/plainObjects";

const PROVIDER = {
    name: "tracing",
    opentelemetry: { service: "jaeger-collector.traces.svc.cluster.local", port: 4317 },
};
const OTHER = { name: "logs", envoyOtelAls: { service: "logs.example.com", port: 4317 } };

const istio = (spec: PlainObject, annotations?: Record<string, string>): MeshHolder => ({
    apiVersion: "sailoperator.io/v1",
    kind: "Istio",
    metadata: { name: "default", resourceVersion: "7", ...(annotations && { annotations }) },
    spec,
});
const configMap = (data?: PlainObject, others: PlainObject = {}): MeshHolder => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
        name: "istio-shared-configmap-asm-1-27",
        namespace: "aks-istio-system",
        uid: "u",
        resourceVersion: "7",
    },
    ...(data && { data }),
    ...others,
});
const done = (change: Change): MeshHolder => {
    assert.ok("object" in change, JSON.stringify(change));
    return change.object;
};
const refused = (change: Change): string => {
    assert.ok("problems" in change, JSON.stringify(change));
    return change.problems.map(({ key, got }) => `${key}: ${got}`).join("; ");
};

describe("a provider in an Istio of the Sail operator", () => {
    const specs: PlainObject[] = [
        { version: "v1.31.1", namespace: "istio-system" },
        { version: "v1.31.1", values: {} },
        { values: null },
        { values: { meshConfig: { extensionProviders: [], accessLogFile: "/dev/stdout" } } },
        { values: { meshConfig: { extensionProviders: [OTHER] }, pilot: { env: { A: "b" } } } },
    ];
    it("is added beside what is there, and removed without a trace", () => {
        for (const spec of specs) {
            const before = istio(spec, { owner: "team-a" });
            const added = done(addToIstio(before, PROVIDER));
            const mesh = mapAt(added, "spec", "values", "meshConfig");
            assert.deepEqual((mesh["extensionProviders"] as unknown[]).at(-1), PROVIDER);
            assert.equal(added.metadata.resourceVersion, "7");
            const after = done(removeFromIstio(added));
            if (spec["values"] === null) assert.deepEqual(mapAt(after, "spec"), {});
            else assert.deepEqual(after, before);
        }
    });

    it("is not added twice", () => {
        const added = done(addToIstio(istio({}), PROVIDER));
        assert.equal(done(addToIstio(added, PROVIDER)), added);
    });

    it("takes the place of the one that an earlier run has added with other settings", () => {
        const before = istio({ version: "v1.31.1" });
        const moved = { ...PROVIDER, opentelemetry: { service: "otel.example.com", port: 4317 } };
        const added = done(addToIstio(done(addToIstio(before, PROVIDER)), moved));
        assert.deepEqual(mapAt(added, "spec", "values", "meshConfig")["extensionProviders"], [moved]);
        assert.deepEqual(done(removeFromIstio(added)), before);
    });

    it("is neither added over nor removed with another one of that name", () => {
        const own = { values: { meshConfig: { extensionProviders: [{ name: "Tracing", zipkin: {} }] } } };
        assert.match(refused(addToIstio(istio(own), PROVIDER)), /extensionProviders: one with other settings/);
        const added = done(addToIstio(istio({}), PROVIDER));
        const edited = { ...added, spec: { values: { meshConfig: { extensionProviders: [{ name: "tracing" }] } } } };
        assert.match(refused(removeFromIstio(edited)), /one that somebody has changed since/);
    });

    it("that its owner has removed since leaves only the annotation to remove", () => {
        const added = done(addToIstio(istio({ version: "v1.31.1" }), PROVIDER));
        assert.deepEqual(
            done(removeFromIstio({ ...added, spec: { version: "v1.31.1" } })),
            istio({ version: "v1.31.1" }),
        );
    });

    it("is not removed from an object to which this program has added nothing", () => {
        const own = istio({ values: { meshConfig: { extensionProviders: [PROVIDER] } } });
        assert.equal(done(removeFromIstio(own)), own);
        const broken = istio({}, { [ADDED_ANNOTATION]: "{" });
        assert.equal(done(removeFromIstio(broken)), broken);
    });
});

describe("a provider in the ConfigMap of AKS", () => {
    const TEXT = `# ours\naccessLogFile: "/dev/stdout" # all\ndefaultConfig: { holdApplicationUntilProxyStarts: true }\n`;
    it("is added to the text, whose comments stay, and removed so that the text is the former one", () => {
        for (const data of [
            { mesh: TEXT },
            { mesh: "" },
            { mesh: `${TEXT}extensionProviders:\n    - { name: logs, envoyOtelAls: { service: a, port: 1 } }\n` },
            { mesh: "extensionProviders: []\n", other: "kept" },
        ]) {
            const before = configMap(data);
            const added = done(addToConfigMap(before, PROVIDER));
            const text = String(mapAt(added, "data")["mesh"]);
            assert.match(text, /name: tracing[\s\S]*port: 4317/);
            if (data.mesh.startsWith("#")) assert.match(text, /^# ours\naccessLogFile: "\/dev\/stdout" # all/);
            assert.deepEqual(done(removeFromConfigMap(added)), before);
        }
    });

    it("takes the place of the one that an earlier run has added with other settings", () => {
        const moved = { ...PROVIDER, name: "traces" };
        const before = configMap({ mesh: TEXT });
        const added = done(addToConfigMap(done(addToConfigMap(before, PROVIDER)), moved));
        assert.doesNotMatch(String(mapAt(added, "data")["mesh"]), /name: tracing/);
        assert.deepEqual(done(removeFromConfigMap(added)), before);
    });

    it("goes with the ConfigMap if this program has created it, and nobody has added to it", () => {
        const metadata = omit({ ...configMap().metadata }, "uid");
        const created = done(addToConfigMap(configMap({}, { metadata }), PROVIDER));
        const remove = (object: MeshHolder): unknown => mapAt(removeFromConfigMap(object))["obsolete"];
        assert.equal(remove(created), true);
        assert.equal(remove({ ...created, data: { ...mapAt(created, "data"), note: "kept" } }), false);
        const more = `${String(mapAt(created, "data")["mesh"])}accessLogFile: /dev/stdout\n`;
        assert.equal(remove({ ...created, data: { mesh: more } }), false);
        assert.equal(remove(done(addToConfigMap(configMap({}), PROVIDER))), false);
    });

    it("is removed alone if the owner has edited the text since", () => {
        const added = done(addToConfigMap(configMap({ mesh: TEXT }), PROVIDER));
        const text = String(mapAt(added, "data")["mesh"]);
        const edited = { ...added, data: { mesh: text.replace("# all", "# every line") } };
        const after = String(mapAt(done(removeFromConfigMap(edited)), "data")["mesh"]);
        assert.equal(after, TEXT.replace("# all", "# every line"));
    });

    it("is refused where the text cannot be read or the ConfigMap not be changed", () => {
        const add = (data: PlainObject, others?: PlainObject): string =>
            refused(addToConfigMap(configMap(data, others), PROVIDER));
        assert.match(add({ mesh: "a: [" }), /text that is none/);
        assert.match(add({ mesh: "- a\n" }), /text that is none/);
        assert.match(add({ mesh: "extensionProviders: yes\n" }), /"yes"|true/);
        assert.match(add({ mesh: "extension_providers: []\n" }), /the other spelling/);
        assert.match(add({ mesh: TEXT }, { immutable: true }), /an immutable one/);
    });
});
