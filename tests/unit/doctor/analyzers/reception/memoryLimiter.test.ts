import assert from "node:assert/strict";
import { formatCommand } from "../../../../../doctor/remediation/commands";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { collectorFile, diagnosisOf, findingOf } from "../../patient";

const REFUSES = { accepted: 2, refused: 16, stored: 2, storeFailed: 0, queued: 0 };

/** What is said of a Jaeger with such a memory_limiter that refuses spans. */
function said(limiter: string | undefined, memory?: string): DoctorFinding {
    return findingOf(
        diagnosisOf((patient) => {
            patient.spans = "none";
            patient.counts = { "istio-system/jaeger-7f9-abc": REFUSES };
            const processors = limiter === undefined ? "" : `processors: { memory_limiter: ${limiter} }\n`;
            const used = limiter === undefined ? "" : ", processors: [memory_limiter]";
            const receivers = "receivers: { otlp: { protocols: { grpc: {} } } }\n";
            const service = `service: { pipelines: { traces: { receivers: [otlp]${used} } } }\n`;
            collectorFile(patient, `# kept\n${receivers}${processors}${service}`);
            for (const { spec } of patient.jaegers)
                for (const container of spec?.containers ?? [])
                    if (memory !== undefined) container.resources = { limits: { memory } };
        }),
        "collector-refuses",
    );
}

/** The values that the printed commands write. */
function written({ steps }: DoctorFinding): string {
    return steps.map((step) => formatCommand(step)).join("\n");
}

describe("a collector that refuses spans because of its memory_limiter", () => {
    it("gets a higher limit in the file that it reads, not more memory for its container", () => {
        const finding = said("{ check_interval: 1s, limit_mib: 6 }", "400Mi");
        assert.equal(finding.resource, "ConfigMap istio-system/jaeger-conf config.yaml");
        assert.match(
            finding.got,
            /^16 refused and 2 accepted .*; processors\.memory_limiter\.limit_mib of .* is 6, and its container jaeger may use 400 MiB$/,
        );
        assert.match(finding.cure, /^Set processors\.memory_limiter\.limit_mib to 320 \(.*jaeger\.config\)/);
        const commands = written(finding);
        assert.match(commands, /^kubectl patch configmap jaeger-conf -n istio-system --type=merge /);
        assert.match(commands, /# kept/);
        assert.match(commands, /limit_mib: 320/);
        assert.match(commands, /\nkubectl rollout restart deployment\/jaeger -n istio-system\n/);
        assert.doesNotMatch(commands, /set resources/);
    });

    const low: [string, string, string | undefined, RegExp][] = [
        ["a percentage", "{ check_interval: 1s, limit_percentage: 3 }", "1Gi", /limit_percentage: 80/],
        ["no limit of the container", "{ check_interval: 1s, limit_mib: 20 }", undefined, /limit_mib: 512/],
        [
            "a spike that leaves nothing",
            "{ check_interval: 1s, limit_mib: 320, spike_limit_mib: 310 }",
            "400Mi",
            /limit_mib: 320, spike_limit_mib: 64/,
        ],
        [
            "both units, of which the fixed one counts",
            "{ check_interval: 1s, limit_mib: 9, limit_percentage: 80 }",
            "1Gi",
            /limit_mib: 819, limit_percentage: 80/,
        ],
    ];
    for (const [what, limiter, memory, expected] of low) {
        it(`gets a higher limit with ${what}`, () => {
            const finding = said(limiter, memory);
            assert.match(written(finding), expected);
            assert.doesNotMatch(written(finding), /set resources/);
        });
    }

    it("gets more memory in both places where the limit is near the container's memory", () => {
        const finding = said("{ check_interval: 1s, limit_mib: 300 }", "400Mi");
        assert.match(
            finding.cure,
            /^Raise the memory limit of the container jaeger to 800 MiB, and .*limit_mib to 640\./,
        );
        const commands = written(finding);
        assert.match(commands, /limit_mib: 640/);
        assert.match(
            commands,
            /\nkubectl set resources deployment\/jaeger -n istio-system -c jaeger --limits=memory=800Mi\n/,
        );
    });

    it("gets a larger container alone where the limit is a share of it", () => {
        const finding = said("{ check_interval: 1s, limit_percentage: 80 }", "400Mi");
        assert.match(
            written(finding),
            /^kubectl set resources deployment\/jaeger -n istio-system -c jaeger --limits=memory=800Mi\nkubectl rollout status /,
        );
    });

    it("is told of its storage and its memory where no limiter is known", () => {
        const { resource, cure, steps } = said(undefined);
        assert.equal(resource, "Service istio-system/jaeger-collector");
        assert.match(cure, /^Its storage is too slow, or it is short of memory\./);
        assert.deepEqual(steps, []);
    });
});
