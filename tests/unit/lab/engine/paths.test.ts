import assert from "node:assert/strict";
import { decide, formatPath, ignoring, parsePath, type Path } from "../../../../lab/engine/paths";
import type { Change } from "../../../../lab/engine/types";
import { secret, type Values } from "../../../../lab/engine/values";

describe("a property path", () => {
    for (const [text, path] of [
        ["spec.ports[0].name", ["spec", "ports", 0, "name"]],
        ['metadata.labels["a.b/c"]', ["metadata", "labels", "a.b/c"]],
        ['["a\\"b"]', ['a"b']],
        ["spec[*].x", ["spec", "*", "x"]],
    ] as [string, Path][]) {
        it(`is read as the CLI reads it: ${text}`, () => {
            assert.deepEqual(parsePath(text), path);
            if (!path.includes("*")) assert.equal(formatPath(path), text);
        });
    }
});

describe("what is to be ignored", () => {
    const inputs = (next: Values, old: Values, ...paths: string[]): Values => ignoring(next, old, paths).inputs;

    it("stands as it did, also where it was not or is no more", () => {
        assert.deepEqual(inputs({ a: 2, b: 2 }, { a: 1, b: 1 }, "a"), { a: 1, b: 2 });
        assert.deepEqual(inputs({ a: 2 }, {}, "a"), {});
        assert.deepEqual(inputs({}, { a: 1 }, "a"), { a: 1 });
        assert.deepEqual(inputs({ l: [{ x: 2 }, { x: 3 }] }, { l: [{ x: 1 }, { x: 3 }] }, "l[0].x").l, [
            { x: 1 },
            { x: 3 },
        ]);
    });

    it("may be every key and every index", () => {
        assert.deepEqual(inputs({ m: { a: 2, b: 2 } }, { m: { a: 1, c: 1 } }, "m.*"), { m: { a: 1, c: 1 } });
        assert.deepEqual(inputs({ l: [{ x: 2 }] }, { l: [{ x: 1 }] }, "l[*].x"), { l: [{ x: 1 }] });
    });

    it("stays secret where it was", () => {
        const hidden = secret({ a: "1" });
        assert.deepEqual(inputs({ data: { a: "2" } }, { data: hidden }, "data.a"), { data: { a: secret("1") } });
    });

    it("is told when old and new have no such place in common", () => {
        assert.deepEqual(ignoring({ l: [1, 2] }, { l: [1] }, ["l[1]"]).missed, ["l[1]"]);
        assert.deepEqual(ignoring({ a: 1 }, { a: { b: 1 } }, ["a.b"]).missed, ["a.b"]);
        assert.deepEqual(ignoring({ a: 1 }, { a: 1 }, ["b.c"]).missed, []);
    });

    it("leaves the program's own inputs as they are", () => {
        const given = { a: { b: 2 } };
        ignoring(given, { a: { b: 1 } }, ["a.b"]);
        assert.deepEqual(given, { a: { b: 2 } });
    });
});

describe("a difference", () => {
    const changes: Record<string, Change> = { "data.a": "update", "metadata.labels.x": "add" };
    const difference = { changes, replaces: [], deleteBeforeReplace: false };

    it("is smaller by what is ignored", () => {
        assert.deepEqual(decide(difference, ["metadata"]).changes, { "data.a": "update" });
        assert.deepEqual(decide(difference, ["data.a.b"]).changes, changes);
    });

    it("becomes a replacement where the program asks for one", () => {
        assert.deepEqual(decide(difference, [], ["metadata.*"]), {
            changes: { "data.a": "update", "metadata.labels.x": "add-replace" },
            replaces: [],
            deleteBeforeReplace: false,
            replace: true,
        });
    });
});
