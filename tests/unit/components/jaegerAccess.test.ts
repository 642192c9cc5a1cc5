import assert from "node:assert/strict";
import { resolveJaegerAccess, type JaegerAccessArgs } from "../../../components/jaegerAccess";
import { assertRefused, refusalsOf } from "./refusals";

const LEAST: JaegerAccessArgs = { namespace: "tracing" };

describe("JaegerAccess", () => {
    it("lets every pod send and query when nothing is said", () => {
        const { meshOnly, basePath, credential } = resolveJaegerAccess("x", LEAST);
        assert.deepEqual([meshOnly, basePath, credential], [false, "/", undefined]);
    });

    it("refuses what is empty, weak or of another type", () => {
        assertRefused(resolveJaegerAccess, LEAST, {
            namespace: ["", 5],
            meshOnly: ["true", 1, null],
            sidecarHash: ["", 5],
            queriesFrom: [{}, { namespace: "ingress" }, { namespace: "A", serviceAccount: "gateway" }, "gateway"],
            basePath: ["", "jaeger", "/jaeger/", "/a b"],
            credential: [
                {},
                { username: "anna" },
                { username: "", password: "long-enough-word" },
                { username: "anna:b", password: "long-enough-word" },
                { username: "anna", password: "short" },
                { username: "anna", password: `$2y$04$${"a".repeat(53)}` },
            ],
        });
    });

    it("needs a hash of sidecars to give Jaeger one", () => {
        const [problem] = refusalsOf(() => resolveJaegerAccess("x", { ...LEAST, meshOnly: true }));
        assert.deepEqual([problem?.key, problem?.got], ["sidecarHash", "nothing"]);
        assert.match(problem?.next ?? "", /istio\.sidecarHash/);
    });

    it("shows neither name nor password", () => {
        const credential = { username: "anna geheim", password: "geheim" };
        const problems = refusalsOf(() => resolveJaegerAccess("x", { ...LEAST, credential }));
        assert.equal(problems.length, 2);
        assert.doesNotMatch(JSON.stringify(problems), /geheim/);
    });
});
