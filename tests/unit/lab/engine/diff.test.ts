import assert from "node:assert/strict";
import { compare, prune } from "../../../../lab/engine/diff";
import { UNKNOWN } from "../../../../lab/engine/values";

const changes = (old: object, next: object, forceNew: string[] = []): unknown =>
    compare({ ...old }, { ...next }, forceNew).changes;

describe("what changes between old and new inputs", () => {
    it("is nothing when they say the same", () => {
        const spec = { containers: [{ name: "a", ports: [1, 2] }], replicas: 0 };
        assert.deepEqual(changes({ spec }, { spec: structuredClone(spec) }), {});
    });

    it("names the deepest property, with list positions and odd keys as the CLI writes them", () => {
        const old = { spec: { list: [{ a: 1 }], labels: { "app.kubernetes.io/name": "x" } } };
        const next = { spec: { list: [{ a: 2 }, { b: 3 }], labels: { "app.kubernetes.io/name": "y" } } };
        assert.deepEqual(changes(old, next), {
            "spec.list[0].a": "update",
            "spec.list[1]": "add",
            'spec.labels["app.kubernetes.io/name"]': "update",
        });
    });

    it("takes a missing or null value for a deletion", () => {
        assert.deepEqual(changes({ a: 1, b: { c: 2 } }, { b: { c: null } }), { a: "delete", "b.c": "delete" });
    });

    it("takes an unknown value for a change", () => {
        assert.deepEqual(changes({ a: 1 }, { a: UNKNOWN, b: UNKNOWN }), { a: "update", b: "add" });
    });

    it("replaces when a property changes that only a new object can have", () => {
        assert.deepEqual(changes({ data: { a: "1" } }, { data: { a: "2", b: "3" } }, ["data"]), {
            "data.a": "update-replace",
            "data.b": "add-replace",
        });
        assert.deepEqual(changes({}, { spec: { selector: { a: "1" } } }, ["spec.selector"]), { spec: "add-replace" });
        assert.deepEqual(changes({ database: 1 }, { database: 2 }, ["data"]), { database: "update" });
    });

    it("does not replace for an unknown whole of which only a part would replace", () => {
        assert.deepEqual(changes({ metadata: { name: "a" } }, { metadata: UNKNOWN }, ["metadata.name"]), {
            metadata: "update",
        });
    });

    it("knows that the cluster writes quantities its own way, but only where quantities stand", () => {
        const limits = (memory: string): object => ({ resources: { limits: { memory } } });
        assert.deepEqual(changes(limits("1Gi"), limits("1024Mi")), {});
        assert.deepEqual(changes({ requests: { cpu: "500m" } }, { requests: { cpu: "0.5" } }), {});
        assert.deepEqual(changes(limits("1Gi"), limits("1G")), { "resources.limits.memory": "update" });
        assert.deepEqual(changes({ args: ["1024Mi"] }, { args: ["1Gi"] }), { "args[0]": "update" });
    });

    it("is not moved by empty values that the cluster drops", () => {
        assert.deepEqual(changes({ spec: {} }, { spec: { hostNetwork: false, env: [], labels: {} } }), {});
    });
});

describe("a live object", () => {
    it("is cut down to what the inputs speak about", () => {
        const live = {
            metadata: { name: "a", uid: "1" },
            spec: { ports: [{ port: 80, protocol: "TCP" }] },
            status: {},
        };
        const inputs = { metadata: { name: "a" }, spec: { ports: [{ port: 80 }], type: "ClusterIP" } };
        assert.deepEqual(prune(live, inputs), { metadata: { name: "a" }, spec: { ports: [{ port: 80 }] } });
    });
});
