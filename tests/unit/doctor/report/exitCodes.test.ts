import assert from "node:assert/strict";
import type { Diagnosis } from "../../../../doctor/diagnose";
import { formatJunit } from "../../../../doctor/report/junit";
import { exitCodeOf } from "../../../../doctor/report/verdict";
import type { DoctorFinding } from "../../../../doctor/segments";
import { examineFake, telemetryOf } from "../fakeMesh";

function some(...severities: DoctorFinding["severity"][]): DoctorFinding[] {
    return severities.map((severity) => ({
        ...{ id: severity, severity, segment: "export", resource: "r", expected: "e", got: "g", cure: "c" },
        ...{ values: {}, steps: [], commands: [] },
    }));
}

describe("the doctor's exit code", () => {
    const cases: [what: string, healthy: boolean, findings: DoctorFinding[], code: number, strict: number][] = [
        ["no finding", true, [], 0, 0],
        ["information", true, some("info"), 0, 0],
        ["warnings alone", true, some("warning", "info"), 0, 1],
        ["an error", false, some("error", "warning"), 1, 1],
        ["nothing that could be followed", false, [], 2, 2],
        ["warnings, and nothing that could be followed", false, some("warning"), 2, 1],
    ];
    for (const [what, healthy, findings, code, strict] of cases) {
        it(`is ${String(code)} for ${what}, and ${String(strict)} with --fail-on warning`, () => {
            assert.equal(exitCodeOf({ healthy, findings }, "error"), code);
            assert.equal(exitCodeOf({ healthy, findings }, "warning"), strict);
        });
    }

    it("and the failures in JUnit's XML are the same", () => {
        const diagnosis = {
            path: "p",
            segments: [{ segment: "export", state: "ok", values: {}, findings: [] }],
            findings: some("warning"),
        } as unknown as Diagnosis;
        assert.match(formatJunit(diagnosis), /failures="0"[\s\S]*<system-out>warning: r: expected e/);
        assert.match(formatJunit(diagnosis, "warning"), /failures="1"/);
    });
});

describe("where the doctor says that tracing is broken", () => {
    const at = (percent: number): object =>
        telemetryOf("mesh-default", { providers: [{ name: "jaeger" }], randomSamplingPercentage: percent });
    const telemetries = "/apis/telemetry.istio.io/v1/telemetries";

    it("is the sampling, for a rate that is not live", async () => {
        const { brokenAt, healthy, findings } = await examineFake({ objects: { [telemetries]: [at(25)] } });
        assert.deepEqual([findings[0]?.id, brokenAt, healthy], ["sampling-not-live", "sampling", false]);
    });

    it("is nowhere where nobody has set a rate, which is information", async () => {
        const bare = telemetryOf("mesh-default", { providers: [{ name: "jaeger" }] });
        const { brokenAt, healthy, findings } = await examineFake({
            objects: { [telemetries]: [bare] },
            envoy: { percent: 1 },
        });
        assert.deepEqual(
            findings.map(({ id, severity }) => `${severity} ${id}`),
            ["info sampling-default"],
        );
        assert.deepEqual([brokenAt, healthy], [undefined, true]);
    });

    it("is the segment of every error, wherever there is one", async () => {
        const meshes = [
            { lost: true },
            { envoy: { traced: false }, lost: true },
            { mesh: "{}", lost: true, envoy: { traced: false } },
        ];
        for (const mesh of meshes) {
            const { brokenAt, findings } = await examineFake(mesh);
            assert.ok(findings.some(({ severity, segment }) => severity === "error" && segment === brokenAt));
        }
    });
});
