import assert from "node:assert/strict";
import {
    at,
    hasUnknown,
    hide,
    markSecrets,
    merge,
    reveal,
    secret,
    secretTexts,
    UNKNOWN,
} from "../../../../lab/engine/values";

describe("values on the wire", () => {
    const inputs = { data: secret({ key: "s3cret" }), list: [secret("first"), "plain"], later: UNKNOWN };

    it("are shown in plain to the cluster", () => {
        assert.deepEqual(reveal(inputs), { data: { key: "s3cret" }, list: ["first", "plain"], later: UNKNOWN });
    });

    it("are never shown in plain to people", () => {
        assert.deepEqual(hide(inputs, "[unknown]"), {
            data: "[secret]",
            list: ["[secret]", "plain"],
            later: "[unknown]",
        });
    });

    it("name every secret text, so that messages can be cleaned", () => {
        assert.deepEqual(secretTexts(inputs), ["s3cret", "first"]);
        assert.deepEqual(secretTexts({ open: "text" }), []);
    });

    it("tell whether anything in them is unknown, inside a secret too", () => {
        assert.equal(hasUnknown({ a: [{ b: UNKNOWN }] }), true);
        assert.equal(hasUnknown({ a: secret(UNKNOWN) }), true);
        assert.equal(hasUnknown({ a: "known" }), false);
    });

    it("turn a reference to a resource into its id", () => {
        const reference = {
            "4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e",
            urn: "u",
            id: "a/b",
        };
        assert.deepEqual(reveal({ reference }), { reference: "a/b" });
    });

    it("keep outputs secret where inputs were", () => {
        const outputs = markSecrets(
            { spec: { password: "x", size: 1 }, status: "ok" },
            { spec: { password: secret("x") } },
        );
        assert.deepEqual(hide(outputs), { spec: { password: "[secret]", size: 1 }, status: "ok" });
    });

    it("treat the data of every Kubernetes Secret as secret", () => {
        const outputs = markSecrets({ kind: "Secret", data: { a: "eA==" }, type: "Opaque" }, {});
        assert.deepEqual(hide(outputs), { kind: "Secret", data: "[secret]", type: "Opaque" });
    });

    it("are found by their path, inside secrets too", () => {
        assert.equal(at(inputs, "data", "key"), "s3cret");
        assert.equal(at(inputs, "list", 1), "plain");
        assert.equal(at(inputs, "none", "deeper"), undefined);
    });

    it("merge objects, and replace everything else", () => {
        assert.deepEqual(merge({ a: { b: 1, c: 2 }, d: [1, 2] }, { a: { c: 3 }, d: [4] }), {
            a: { b: 1, c: 3 },
            d: [4],
        });
    });
});
