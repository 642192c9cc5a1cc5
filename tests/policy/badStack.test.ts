import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyCommand } from "../../cli/policy/command";
import { UserError } from "../../shared/terminal/errors";

const PROJECT = join(__dirname, "../..");

describe("npm run policy over several stacks of which one is bad", () => {
    let folder = "";
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "bad-stack-"));
        for (const file of ["Pulumi.yaml", "Pulumi.dev.yaml"]) copyFileSync(join(PROJECT, file), join(folder, file));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });
    const write = (line: string): void => {
        writeFileSync(join(folder, "Pulumi.bad.eu.yaml"), `config:\n  ${line}\n`);
    };

    it("shows the results of the others, names the bad one, and ends with 2", async () => {
        write('istio-tracing:samplingPercent: "101"');
        const { output, exitCode } = await policyCommand([], folder);
        assert.equal(exitCode, 2);
        assert.match(output, /stack dev, judged as dev: \d+ objects/);
        assert.match(output, /stack bad\.eu could not be judged: 1 setting cannot be used/);
        assert.match(output, /samplingPercent/);
    });

    it("does so for programs and for a CI, in JSON and in JUnit XML", async () => {
        write("istio-tracng:samplingPercent: 5");
        const json = await policyCommand(["--json"], folder);
        const { judged, unjudged } = JSON.parse(json.output) as {
            judged: { subject: string }[];
            unjudged: { subject: string; reason: string }[];
        };
        assert.deepEqual([judged[0]?.subject, unjudged[0]?.subject], ["stack dev", "stack bad.eu"]);
        assert.match(unjudged[0]?.reason ?? "", /did you mean istio-tracing:samplingPercent/);
        const junit = await policyCommand(["--junit"], folder);
        assert.match(junit.output, /could-not-judge/);
    });

    it("names it where none can be judged", async () => {
        write("istio-tracing:istio: { hub: user:geheim@registry.example.com/istio }");
        await assert.rejects(
            policyCommand(["--stack", "bad.eu"], folder),
            (error) =>
                error instanceof UserError &&
                error.exitCode === 2 &&
                error.message.startsWith("stack bad.eu") &&
                !error.message.includes("geheim"),
        );
    });
});
