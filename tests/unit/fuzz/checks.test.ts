import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatFinding } from "../../../checks/finding";
import { parseManifests } from "../../../cli/policy/manifests";
import { judge } from "../../../policy/rule";
import { RULES } from "../../../policy/rules";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import { isPlainObject } from "../../../shared/values/plainObjects";
import { fuzzRuns, mutate, MUTATION } from "./mutate";
import fc from "fast-check";

const FIXTURES = join(__dirname, "..", "..", "policy", "fixtures");

/** The manifests of every rule, right ones and wrong ones. */
function recorded(): Manifest[][] {
    return readdirSync(FIXTURES).flatMap((rule) =>
        ["pass.yaml", "fail.yaml"].map((file) => parseManifests(readFileSync(join(FIXTURES, rule, file), "utf8"))),
    );
}

describe("the rules, whatever the objects are", () => {
    it("each come to findings that can be shown", function () {
        this.timeout(600_000);
        fc.assert(
            fc.property(
                fc.constantFrom(...recorded()),
                fc.array(MUTATION, { minLength: 1, maxLength: 4 }),
                (objects, mutations) => {
                    const changed = mutations.reduce<unknown>((value, mutation) => mutate(value, mutation), objects);
                    const manifests = Array.isArray(changed) ? changed.filter(isPlainObject) : [];
                    for (const rule of RULES)
                        for (const finding of judge(rule, manifests, {})) assert.ok(formatFinding(finding).length > 0);
                },
            ),
            { numRuns: fuzzRuns(400), seed: 14 },
        );
    });

    for (const mesh of [
        "a: &a [1, *a]",
        "extensionProviders: &a [{ zipkin: *a }]",
        "defaultConfig: &a { tracing: *a }",
    ])
        it(`name a mesh configuration that contains itself: ${mesh}`, () => {
            const metadata = { name: "istio", namespace: "istio-system" };
            const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { mesh } };
            const found = RULES.flatMap((rule) => judge(rule, [object], {}));
            assert.deepEqual(
                found.map(({ id, got }) => `${id}: ${got}`),
                ["configuration-readable: invalid YAML in line 1"],
            );
        });
});
