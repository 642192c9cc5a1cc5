import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureCollectorProgram } from "../../../lab/images/collector";
import { plain, planProgram } from "../../../plan";
import { textAt } from "../../../shared/values/plainObjects";
import { VARIANTS } from "../../golden/variants";

/** What the Collector's own `validate` says of a configuration; empty if it accepts it. */
function refusal(program: string, config: string): string {
    const folder = mkdtempSync(join(tmpdir(), "collector-"));
    try {
        const file = join(folder, "config.json");
        writeFileSync(file, config);
        const env = { ...process.env, HEADER_VENDOR_AUTHORIZATION: "made-up" };
        execFileSync(program, ["validate", "--config", file], { env, encoding: "utf8", stdio: "pipe" });
        return "";
    } catch (error) {
        return String(error);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

describe("the configurations of a Collector tier", () => {
    let program = "";
    before(async function () {
        this.timeout(15 * 60_000);
        program = await ensureCollectorProgram((line) => {
            console.log(line);
        });
    });

    for (const name of ["collector-tier", "collector-tier-single"]) {
        it(`are accepted by the real Collector, as in ${name}`, async () => {
            const { resources } = await planProgram(VARIANTS[name]?.config ?? {}, "ci", [], ["collectorTierHeaders"]);
            const configs = resources
                .filter((one) => one.name.startsWith("tracing-") && one.type.endsWith(":ConfigMap"))
                .map(({ inputs }) => textAt(plain(inputs), "data", "config.yaml") ?? "");
            assert.equal(configs.length, name === "collector-tier" ? 2 : 1);
            for (const config of configs) assert.equal(refusal(program, config), "");
        });
    }

    it("would not be accepted with a component that the Collector does not know", () => {
        const config = { receivers: { otlp: {} }, service: { pipelines: { traces: { receivers: ["otlp"] } } } };
        assert.match(refusal(program, JSON.stringify({ ...config, processors: { tail: {} } })), /unknown type/);
    });
});
