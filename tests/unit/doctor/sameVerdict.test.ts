import assert from "node:assert/strict";
import { diagnose } from "../../../doctor/diagnose";
import type { Evidence } from "../../../doctor/evidence";
import { evidenceWith, SCENARIOS } from "./remediation/scenarios";

/** The same evidence, with every list of the cluster in another order. */
function reordered(evidence: Evidence): Evidence {
    const turned = Object.entries(evidence.discovery as unknown as Record<string, { value?: unknown[] }>).map(
        ([kind, { value, ...rest }]) => [kind, value === undefined ? rest : { value: [...value].reverse() }],
    );
    const { collector, receivers } = evidence;
    return {
        ...evidence,
        discovery: Object.fromEntries(turned) as Evidence["discovery"],
        collector: collector && { ...collector, pods: [...collector.pods].reverse() },
        receivers: [...receivers].reverse(),
    };
}

function verdict(evidence: Evidence): string {
    const { findings, brokenAt } = diagnose(evidence);
    const found = findings.map(({ id, severity, segment, resource }) => [segment, severity, id, resource].join(" "));
    return [`broken at ${brokenAt ?? "none"}`, ...found.sort()].join("\n");
}

describe("the verdict of a fault", () => {
    for (const { id, what, harm } of SCENARIOS) {
        it(`is the same in whatever order the cluster answers (${what === undefined ? id : `${id}, ${what}`})`, () => {
            assert.equal(verdict(reordered(evidenceWith(harm))), verdict(evidenceWith(harm)));
        });
    }
});
