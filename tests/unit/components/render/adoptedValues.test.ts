import assert from "node:assert/strict";
import fc from "fast-check";
import { formerValues, renderAdoptedValues } from "../../../../components/render/adoptedValues";
import { findAdoptedValuesProblems } from "../../../../components/settings/adoptedValues";
import type { PlainObject } from "../../../../shared/values/plainObjects";

const PROVIDER = {
    name: "tracing",
    opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
};
const OTHER = { name: "logs", envoyOtelAls: { service: "logs.example.com", port: 4317 } };

describe("the values of an adopted release", () => {
    it("are its owner's with the provider behind theirs, and nothing else", () => {
        const former = {
            revision: "canary",
            pilot: { resources: { requests: { cpu: "10m" } } },
            meshConfig: { accessLogFile: "", extensionProviders: [OTHER], defaultConfig: { concurrency: 2 } },
        };
        assert.deepEqual(renderAdoptedValues(former, PROVIDER), {
            ...former,
            meshConfig: { ...former.meshConfig, extensionProviders: [OTHER, PROVIDER] },
        });
        assert.deepEqual(renderAdoptedValues({}, PROVIDER), { meshConfig: { extensionProviders: [PROVIDER] } });
    });

    it("become the owner's again, whatever those are", () => {
        const key = fc.constantFrom("meshConfig", "extensionProviders", "pilot", "env", "a");
        const value = fc.letrec((tie) => ({
            tree: fc.oneof(
                { maxDepth: 4 },
                fc.constantFrom<unknown>("x", 1, true, OTHER),
                fc.array(tie("tree"), { maxLength: 2 }),
                fc.dictionary(key, tie("tree"), { maxKeys: 3 }),
            ),
        })).tree;
        fc.assert(
            fc.property(fc.dictionary(key, value, { maxKeys: 4 }), (given: PlainObject) => {
                const former = JSON.parse(JSON.stringify(given)) as PlainObject;
                if (findAdoptedValuesProblems("values", former, PROVIDER).length > 0) return;
                const traced = renderAdoptedValues(former, PROVIDER);
                assert.deepEqual(renderAdoptedValues(traced, PROVIDER), traced);
                assert.deepEqual(formerValues(former, PROVIDER), former);
                const back = formerValues(traced, PROVIDER);
                const isEmpty = (mesh: unknown): boolean => JSON.stringify(mesh ?? {}) === "{}";
                const emptied = (mesh: unknown): boolean => JSON.stringify(mesh) === '{"extensionProviders":[]}';
                const { meshConfig, ...others } = former;
                // An empty list or object means the same as none.
                if (isEmpty(meshConfig) || emptied(meshConfig)) assert.deepEqual(back, others);
                else if (JSON.stringify(meshConfig).includes('"extensionProviders":[]')) return;
                else assert.deepEqual(back, former);
            }),
            { numRuns: 300 },
        );
    });
});

describe("values of an owner that keep a release from being adopted", () => {
    const wrong: [string, PlainObject, RegExp][] = [
        [
            "a null, which removes a default",
            { global: { proxy: { tracer: null } }, env: [null] },
            /global\.proxy\.tracer: null; v\.env\.0: null/,
        ],
        ["a mesh configuration below pilot", { pilot: { meshConfig: {} } }, /v\.pilot\.meshConfig: one below pilot/],
        ["a ConfigMap of somebody else's", { configMap: false }, /v\.configMap: false/],
        ["a mesh configuration that is none", { meshConfig: "x" }, /v\.meshConfig: "x"/],
        [
            "providers that are no list",
            { meshConfig: { extensionProviders: {} } },
            /v\.meshConfig\.extensionProviders: \{\}/,
        ],
        ["the other spelling", { meshConfig: { extension_providers: [] } }, /extension_providers: the other spelling/],
        [
            "another provider of the name, in any case",
            { meshConfig: { extensionProviders: [{ name: "TRACING", zipkin: {} }] } },
            /one with other settings/,
        ],
    ];
    for (const [what, values, pattern] of wrong) {
        it(`are named: ${what}`, () => {
            const found = findAdoptedValuesProblems("v", values, PROVIDER);
            assert.match(found.map(({ key, got }) => `${key}: ${got}`).join("; "), pattern);
        });
    }

    it("are not the same provider, which somebody has kept with --reuse-values", () => {
        assert.deepEqual(findAdoptedValuesProblems("v", renderAdoptedValues({}, PROVIDER), PROVIDER), []);
    });
});
