import assert from "node:assert/strict";
import { podsWithoutSidecar, type InjectorConfig } from "../../../../checks/workload/sidecars";

const NAMESPACE = { metadata: { name: "shop", labels: { "istio-injection": "enabled" } } };
const POD = {
    metadata: { name: "cart", namespace: "shop", labels: { tier: "web", team: "a" } },
    spec: { containers: [{ name: "cart" }] },
    status: { phase: "Running" },
};

function isMissing(injector: InjectorConfig): boolean {
    return podsWithoutSidecar(NAMESPACE, [POD], injector).length > 0;
}

describe("a running pod without a sidecar in a labelled namespace", () => {
    it("is missing one by default", () => {
        assert.equal(isMissing({}), true);
        assert.equal(isMissing({ policy: "enabled", neverInjectSelector: [] }), true);
    });

    it("is not while it ends", () => {
        const ending = { ...POD, metadata: { ...POD.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
        assert.deepEqual(podsWithoutSidecar(NAMESPACE, [ending]), []);
    });

    type Selector = NonNullable<InjectorConfig["neverInjectSelector"]>[number];
    const selectors: [string, Selector, boolean][] = [
        ["its labels", { matchLabels: { tier: "web", team: "a" } }, false],
        ["only one of its labels", { matchLabels: { tier: "web", team: "b" } }, true],
        ["nothing", {}, true],
        ["a label that it has", { matchExpressions: [{ key: "tier", operator: "Exists" }] }, false],
        ["a label that it lacks", { matchExpressions: [{ key: "zone", operator: "DoesNotExist" }] }, false],
        ["one of several values", { matchExpressions: [{ key: "team", operator: "In", values: ["a", "b"] }] }, false],
        ["other values", { matchExpressions: [{ key: "team", operator: "In", values: ["b"] }] }, true],
        ["all but other values", { matchExpressions: [{ key: "team", operator: "NotIn", values: ["b"] }] }, false],
        ["all but its own value", { matchExpressions: [{ key: "team", operator: "NotIn", values: ["a"] }] }, true],
    ];
    for (const [what, selector, missing] of selectors) {
        it(`is ${missing ? "" : "not "}where neverInjectSelector means ${what}`, () => {
            assert.equal(isMissing({ neverInjectSelector: [selector] }), missing);
        });
    }
});
