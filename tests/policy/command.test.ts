import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyCommand } from "../../cli/policy/command";
import { UserError } from "../../shared/terminal/errors";
import { RULES } from "../../policy/rules";

const PROJECT = join(__dirname, "../..");
const fixture = (rule: string, name: "pass" | "fail"): string => join(__dirname, "fixtures", rule, `${name}.yaml`);

/** In this process, as far as it can be; the start of a process is most of the time. */
async function policy(...args: string[]): Promise<{ exitCode: number; output: string }> {
    try {
        return await policyCommand(args);
    } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return { exitCode: error.exitCode, output: error.message };
    }
}

describe("npm run policy", () => {
    it("ends with 0 for manifests that no rule has anything against", async () => {
        const { exitCode, output } = await policy(fixture("otlp-grpc-port-marked", "pass"));
        assert.equal(exitCode, 0);
        assert.match(output, /checked as prod: 2 objects, \d+ rules: 0 errors, 0 warnings\./);
    });

    it("judges by what the manifests are for: a mesh without STRICT mTLS is nothing for production alone", async () => {
        const mesh = fixture("mtls-strict", "fail");
        const telemetry = fixture("telemetry-provider-exists", "pass");
        assert.match((await policy(mesh, telemetry)).output, /mtls-strict/);
        assert.equal((await policy(mesh, telemetry, "--environment", "dev")).exitCode, 0);
    });

    it("notes that mTLS is not judged where files hold nothing of it: it may stand elsewhere", async () => {
        const { exitCode, output } = await policy(fixture("telemetry-provider-exists", "pass"));
        assert.equal(exitCode, 0);
        assert.match(output, /note {5}mtls-strict: not checked, because the objects contain no PeerAuthentication/);
    });

    it("ends with 1 for violations, and gives programs each with rule, resource, expected, got and cure", async () => {
        const { exitCode, output } = await policy("--json", fixture("otlp-grpc-port-marked", "fail"));
        assert.equal(exitCode, 1);
        const { findings } = JSON.parse(output) as { findings: Record<string, string>[] };
        const found = findings.find(({ rule }) => rule === "otlp-grpc-port-marked");
        assert.deepEqual(Object.keys(found ?? {}).sort(), "cure expected got resource rule severity source".split(" "));
        assert.equal(found?.severity, "error");
        assert.equal(found.resource, "Service observability/otel");
        assert.match(found.source ?? "", /fail\.yaml$/);
    });

    it("reads the standard input, and writes JUnit XML whose text is escaped", () => {
        const name = `<b>&"'\u0007`;
        const manifest = { apiVersion: "v1", kind: "Service", metadata: { name }, spec: { ports: [{ port: 4317 }] } };
        const command = [join(PROJECT, "cli", "bootstrap.mjs"), "policy", "--junit", "-"];
        const input = JSON.stringify(manifest);
        const { status, stdout } = spawnSync(process.execPath, command, { input, encoding: "utf8" });
        assert.equal(status, 1);
        assert.match(stdout, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites>/);
        const suite = `<testsuite name="standard input as prod" tests="${String(RULES.length)}" failures="1">`;
        assert.ok(stdout.includes(suite), stdout);
        assert.match(
            stdout,
            /<failure type="otlp-grpc-port-marked" message="error: Service &lt;b&gt;&amp;&quot;&apos;\ufffd/,
        );
    });

    it("takes levels and options of rules from a file, as Pulumi does", async () => {
        const folder = mkdtempSync(join(tmpdir(), "policy-"));
        const file = join(folder, "config.json");
        const judged = (config: unknown): ReturnType<typeof policy> => {
            writeFileSync(file, JSON.stringify(config));
            return policy("--config", file, fixture("sampling-cap", "fail"));
        };
        try {
            assert.equal((await judged({ all: "disabled" })).exitCode, 0);
            const alone = await judged({ all: "disabled", "sampling-cap": "mandatory" });
            assert.match(alone.output, /at most 10 percent/);
            const options = { enforcementLevel: "advisory", maxPercent: 60, exempt: ["ConfigMap istio-system/*"] };
            const advised = await judged({ all: "disabled", "sampling-cap": options });
            assert.equal(advised.exitCode, 0);
            assert.match(advised.output, /warning {2}Telemetry istio-system\/mesh-default[^]*at most 60 percent/);
            assert.match(advised.output, /0 errors, 1 warning\./);
            const wrong = await judged({ "sampling-cap": { maxPercent: 101, minPercent: 1 }, "samplin-cap": "off" });
            assert.equal(wrong.exitCode, 2);
            assert.match(wrong.output, /sampling-cap\.maxPercent: expected a number from 0 to 100, got 101/);
            assert.match(
                wrong.output,
                /sampling-cap\.minPercent: expected one of enforcementLevel, exempt, maxPercent/,
            );
            assert.match(wrong.output, /samplin-cap: expected a rule, got an unknown one/);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("ends with 2 and says why when it cannot judge", async () => {
        const cases: [string[], RegExp][] = [
            [["no-such.yaml"], /no-such\.yaml: expected an existing file, got no such file/],
            [["--stack", "nosuch"], /expected one of the stacks .*dev/],
            [["--environment", "stage", fixture("chart-pinned", "pass")], /dev, ci, prod, got "stage"/],
            [["--config", "no-such.json"], /no-such\.json: expected an existing file, got no such file/],
            [["--json", "--junit"], /expected --json or --junit, got both/],
            [["--stack", "dev", fixture("chart-pinned", "pass")], /expected stacks or files, got both/],
            [["--rule"], /Unknown option '--rule'/],
        ];
        for (const [args, message] of cases) {
            const { exitCode, output } = await policy(...args);
            assert.equal(exitCode, 2, args.join(" "));
            assert.match(output, message);
        }
    });
});
