import assert from "node:assert/strict";
import { chartsOf } from "../../../../checks/manifest/charts";
import { inlineValues, isFileNamed } from "../../../../checks/manifest/inlineValues";
import { parseYaml } from "../../../../policy/yaml";
import type { Manifest } from "../../../../shared/kubernetes/manifest";
import { deepMergeAsHelm } from "../../../../shared/values/plainObjects";

const release = (spec: Manifest): Manifest => ({
    ...{ apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease" },
    ...{ metadata: { name: "istiod", namespace: "mesh" }, spec: { chart: { spec: { chart: "istiod" } }, ...spec } },
});
const configMap = (text: unknown): Manifest => ({
    ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "values", namespace: "mesh" } },
    data: { "values.yaml": text },
});
const from = (more: Manifest = {}): Manifest => ({ valuesFrom: [{ kind: "ConfigMap", name: "values", ...more }] });

function valuesOf(...objects: Manifest[]): Manifest | undefined {
    const [first = {}] = inlineValues(objects, parseYaml);
    return chartsOf(first)[0]?.values;
}

describe("values of a chart", () => {
    it("are merged as Helm merges: maps by key, null takes a key away, everything else is replaced", () => {
        const below = { a: { b: 1, c: 2 }, list: [1, 2], gone: 1 };
        assert.deepEqual(deepMergeAsHelm(below, { a: { b: 3 }, list: [3], gone: null }), {
            a: { b: 3, c: 2 },
            list: [3],
        });
        assert.deepEqual(deepMergeAsHelm({}, {}), {});
    });

    it("of a release stand above those that it refers to", () => {
        const own = release({ values: { a: 1 }, ...from() });
        assert.deepEqual(valuesOf(own, configMap("a: 0\nb: 2\n")), { a: 1, b: 2 });
        const target = release({ ...from({ targetPath: "meshConfig.enableTracing" }) });
        assert.deepEqual(valuesOf(target, configMap("true")), { meshConfig: { enableTracing: true } });
    });

    it("that cannot be read stay where they are", () => {
        for (const text of ["a: [", "just text", 5, undefined]) {
            const [object = {}] = inlineValues([release(from()), configMap(text)], parseYaml);
            assert.equal(chartsOf(object)[0]?.unresolved.length, 1, String(text));
        }
        // Of what may be missing it cannot be known here whether it is.
        const optional = release(from({ optional: true }));
        assert.equal(chartsOf(inlineValues([optional], parseYaml)[0] ?? {})[0]?.unresolved.length, 1);
    });

    it("leave objects that install no chart as they are, and all in their order", () => {
        const objects = [configMap("a: 1"), release({}), { kind: "Service" }, {}];
        const inlined = inlineValues(objects, parseYaml);
        assert.equal(inlined.length, objects.length);
        assert.equal(inlined[0], objects[0]);
        assert.equal(inlined[2], objects[2]);
    });

    it("are of a file that an Application names by any way to it", () => {
        assert.ok(isFileNamed("values.yaml", "values.yaml"));
        assert.ok(isFileNamed("/repo/istio/values.yaml", "$values/istio/values.yaml"));
        assert.ok(isFileNamed("repo/istio/values.yaml", "../istio/values.yaml"));
        assert.ok(!isFileNamed("other-values.yaml", "values.yaml"));
        assert.ok(!isFileNamed("values.yaml", "istio/values.yaml"));
    });

    it("do not crash the reading of objects of any shape", () => {
        const shapes: unknown[] = [
            null,
            [],
            "text",
            5,
            { values: [] },
            { helm: null },
            { helm: { parameters: [null, { name: "a..b" }] } },
        ];
        for (const shape of shapes) {
            for (const [apiVersion, kind] of [
                ["argoproj.io/v1alpha1", "Application"],
                ["helm.cattle.io/v1", "HelmChart"],
                ["helm.toolkit.fluxcd.io/v2", "HelmRelease"],
            ])
                for (const spec of [
                    shape,
                    { source: shape, sources: [shape], chart: shape, valuesFrom: [shape], set: shape },
                ])
                    inlineValues([{ apiVersion, kind, spec }], parseYaml).flatMap(chartsOf);
        }
    });
});
