import { resourceName } from "../../shared/kubernetes/manifest";
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatFinding } from "../../checks/finding";
import { parseManifests } from "../../cli/policy/manifests";
import { judge, objectFinder } from "../../policy/rule";
import { RULES } from "../../policy/rules";

const FIXTURES = join(__dirname, "fixtures");

describe("the rules of the policy pack", () => {
    it("each have manifests that they let pass and manifests that they refuse", () => {
        assert.deepEqual(readdirSync(FIXTURES).sort(), RULES.map(({ id }) => id).sort());
    });

    it("are at least 15, each with a name of its own, a reason of one sentence and a cure", () => {
        assert.ok(RULES.length >= 15);
        assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length);
        for (const { id, reason, cure } of RULES) {
            assert.match(reason, /^[A-Zm][^]*[^.]\.$/, id);
            assert.match(cure, /\.$/, id);
        }
    });

    for (const rule of RULES) {
        const read = (file: string) => parseManifests(readFileSync(join(FIXTURES, rule.id, file), "utf8"));

        it(`${rule.id} lets manifests pass that are right`, () => {
            assert.deepEqual(judge(rule, read("pass.yaml"), {}), []);
        });

        it(`${rule.id} names the object, what it expected, what it got and the cure`, () => {
            const objects = read("fail.yaml");
            const findings = judge(rule, objects, {});
            const found = findings.map(({ resource, expected, got, cure }) => ({
                ...{ resource, expected, got, cure },
            }));
            const record = join(FIXTURES, rule.id, "findings.json");
            if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(record, `${JSON.stringify(found, undefined, 4)}\n`);
            assert.deepEqual(found, JSON.parse(readFileSync(record, "utf8")));
            assert.ok(found.length > 0);
            const names = [
                ...objects.map(resourceName),
                ...objects.map((object) => `Namespace ${namespaceIn(object)}`),
            ];
            const namespaces = objects.map((object) => ({ kind: "Namespace", name: namespaceIn(object) }));
            const objectOf = objectFinder(objects);
            for (const finding of findings) {
                const { kind, name } = finding.object ?? {};
                const inNamespace = namespaces.some((one) => one.kind === kind && one.name === name);
                assert.ok(objectOf(finding) !== undefined || inNamespace, finding.resource);
            }
            for (const finding of found) {
                assert.ok(
                    names.some((name) => `${finding.resource} `.startsWith(`${name} `)),
                    finding.resource,
                );
                const line = formatFinding({ id: rule.id, severity: "error", ...finding });
                for (const part of Object.values(finding)) assert.ok(part !== "" && line.includes(part), part);
            }
        });
    }
});

function namespaceIn(object: Record<string, unknown>): string {
    return (object["metadata"] as { namespace?: string }).namespace ?? "";
}
