import assert from "node:assert/strict";
import type { Diagnosis } from "../../../../doctor/diagnose";
import { keepWatch } from "../../../../doctor/inCluster/keepWatch";
import { logLine } from "../../../../doctor/inCluster/log";
import { MetricValues } from "../../../../doctor/inCluster/metrics";
import type { DoctorFinding } from "../../../../doctor/segments";
import type { Change } from "../../../../doctor/watch/sight";
import { UserError } from "../../../../shared/terminal/errors";

const FINDING = { id: "spans-lost", severity: "error", segment: "export", resource: "r", cure: "c" };

function diagnosisWith(...findings: object[]): Diagnosis {
    const broken = findings.length > 0;
    return {
        ...{
            healthy: !broken,
            complete: !broken,
            brokenAt: broken ? "export" : undefined,
            findings: findings as DoctorFinding[],
        },
        segments: ["sidecar", "export"].map((segment) => ({
            segment,
            state: broken && segment === "export" ? "broken" : "ok",
        })),
        skipped: [{ what: "the collector's own metrics", reason: "no answer" }],
        sampling: { configuredPercent: 1, livePercent: broken ? undefined : 1 },
        loss: {
            made: 2,
            exportsSucceeded: 1,
            exportsFailed: 0,
            accepted: 5,
            found: 2,
            missing: broken ? { client: 1 } : {},
        },
    } as unknown as Diagnosis;
}

/** Runs a watch over a script of rounds; returns the metrics after each, and the changes. */
async function watched(script: (() => Diagnosis)[]): Promise<{ texts: string[]; changes: Change[] }> {
    const values = new MetricValues();
    const [ended, texts, changes] = [new AbortController(), [] as string[], [] as Change[]];
    const examine = () =>
        Promise.resolve().then(() => ({
            diagnosis: (script[texts.length] ?? (() => diagnosisWith()))(),
            evidence: { probedAt: { from: 1000, to: 1250 } },
        }));
    const onRound = (): void => {
        texts.push(values.format());
        if (texts.length === script.length) ended.abort();
    };
    const onChange = (change: Change) => changes.push(change);
    await keepWatch({ intervalSeconds: 0, values, signal: ended.signal, examine, onRound, onChange });
    return { texts, changes };
}

describe("the watch in the cluster", () => {
    it("counts probes and spans, and shows a finding with its segment until it is gone", async () => {
        const { texts, changes } = await watched([
            () => diagnosisWith(),
            () => diagnosisWith(FINDING),
            () => diagnosisWith(),
        ]);
        const [first = "", second = "", third = ""] = texts;
        assert.match(first, /^tracing_probe_success 1$/m);
        assert.match(first, /^tracing_probe_duration_seconds 0\.25$/m);
        assert.match(first, /^tracing_spans_made_total 2$/m);
        assert.match(first, /^tracing_sampling_wanted_ratio 0\.01$/m);
        assert.match(first, /^tracing_unknown\{what="the collector's own metrics"\} 1$/m);
        assert.doesNotMatch(first, /^tracing_finding\{/m);
        assert.match(second, /^tracing_probe_success 0$/m);
        assert.match(second, /^tracing_finding\{id="spans-lost",segment="export",severity="error",resource="r"\} 1$/m);
        assert.match(second, /^tracing_spans_missing_total 2$/m);
        assert.doesNotMatch(second, /^tracing_sampling_seen_ratio /m);
        assert.match(third, /^tracing_probe_success 1$/m);
        assert.doesNotMatch(third, /^tracing_finding\{/m);
        assert.match(third, /^tracing_probes_total\{result="incomplete"\} 2$/m);
        assert.deepEqual(
            changes.map(({ now }) => now.state),
            ["healthy", "faulty", "healthy"],
        );
    });

    it("counts a probe whose trace is complete as a success, whatever else is found", async () => {
        const { texts } = await watched([() => ({ ...diagnosisWith(FINDING), complete: true })]);
        assert.match(texts.join("\n"), /^tracing_probe_success 1$/m);
        assert.match(texts.join("\n"), /^tracing_finding\{id="spans-lost"/m);
    });

    it("counts a probe that reaches no server as failed, though its client's span is all that could arrive", async () => {
        const segments = [{ segment: "routing", state: "broken" }] as Diagnosis["segments"];
        const { texts } = await watched([() => ({ ...diagnosisWith(FINDING), complete: true, segments })]);
        assert.match(texts.join("\n"), /^tracing_probe_success 0$/m);
        assert.match(texts.join("\n"), /^tracing_probes_total\{result="incomplete"\} 1$/m);
    });

    it("goes on if it cannot look, and then claims nothing", async () => {
        const fail = (): Diagnosis => {
            throw new UserError("expected a pod, got none. Next: wait", 2);
        };
        const { texts, changes } = await watched([fail, () => diagnosisWith()]);
        const [first = ""] = texts;
        assert.doesNotMatch(first, /^tracing_probe_success /m);
        assert.match(first, /^tracing_probes_total\{result="unknown"\} 1$/m);
        assert.match(first, /^tracing_unknown\{what="the mesh"\} 1$/m);
        assert.deepEqual(
            changes.map(({ now }) => now.state),
            ["unproven", "healthy"],
        );
    });

    it("writes each change as one line of JSON, with the cure", async () => {
        const { changes } = await watched([() => diagnosisWith({ ...FINDING, expected: "e", got: "g\nh" })]);
        const [line = ""] = changes.map(logLine);
        assert.equal(line.includes("\n"), false);
        const { level, state, appeared } = JSON.parse(line) as Record<string, unknown>;
        assert.deepEqual([level, state], ["error", "faulty"]);
        assert.deepEqual(appeared, [{ ...FINDING, expected: "e", got: "g\nh" }]);
    });
});
