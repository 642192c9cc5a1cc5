import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfiguration } from "../../../../cli/preflight/configuration";
import { resolveSettings, type Settings } from "../../../../components/settings";

describe("settings that a stack's file holds encrypted", () => {
    let folder = "";
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "encrypted-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    /** The settings of dev with a header as it stands in the stack's file. */
    const settingsWith = (header: string): Settings => {
        const overlay = join(folder, "overlay.yaml");
        const lines = ["collectorAddress: 10.1.2.3:4317", `collectorHeaders: { x-key: ${header} }`];
        writeFileSync(overlay, `config:\n${lines.map((line) => `  istio-tracing:${line}\n`).join("")}`);
        const { raw, isEncrypted } = readConfiguration({ stack: "dev", overlay });
        return resolveSettings(raw, { isEncrypted });
    };

    it("can be used by every command without the passphrase, which sees that they are there", () => {
        assert.deepEqual(Object.keys(settingsWith("{ secure: v1:abc:def }").collectorHeaders), ["x-key"]);
    });

    it("are refused by every command in an object that is no place for them", () => {
        const overlay = join(folder, "misplaced.yaml");
        const lines = ["istio: { values: { env: { API_KEY: { secure: v1:abc:def } } } }"];
        writeFileSync(overlay, `config:\n${lines.map((line) => `  istio-tracing:${line}\n`).join("")}`);
        const { raw, isEncrypted } = readConfiguration({ stack: "dev", overlay });
        assert.throws(() => resolveSettings(raw, { isEncrypted }), /istio\n {4}expected: no secret/);
    });

    it("are asked for by every command where they stand there in plain text", () => {
        assert.throws(() => settingsWith("geheim"), /collectorHeaders\n {4}expected: .*, encrypted\n(?!.*geheim)/);
    });
});
