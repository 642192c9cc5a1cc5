import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../../../../cli/settings/migrate";

const BEFORE = `encryptionsalt: v1:abc
# A cluster that people rely on.
config:
  kubernetes:context: prod
  # Few traces.
  istio-tracing:samplingPercent: "1"
  # No demo.
  istio-tracing:deployDemo: "false" # never
  istio-tracing:mtlsMode: STRICT

  # Copies on two nodes.
  istio-tracing:istiodReplicas: { min: "2", max: "5" }
  istio-tracing:collectorTls:
    ca: |
      -----BEGIN CERTIFICATE-----
      abc
      -----END CERTIFICATE-----
  istio-tracing:uiBasicAuth:
    password:
      secure: v1:def
  istio-tracing:jaegerMaxTraces: "1000"
`;

const AFTER = `encryptionsalt: v1:abc
# A cluster that people rely on.
config:
  kubernetes:context: prod
  # Few traces.
  istio-tracing:samplingPercent: "1"
  istio-tracing:demo:
    # No demo.
    deploy: "false" # never
  istio-tracing:istio:
    mtlsMode: STRICT

    # Copies on two nodes.
    replicas: { min: "2", max: "5" }
  istio-tracing:collector:
    tls:
      ca: |
        -----BEGIN CERTIFICATE-----
        abc
        -----END CERTIFICATE-----
  istio-tracing:uiBasicAuth:
    password:
      secure: v1:def
  istio-tracing:jaeger:
    maxTraces: "1000"
`;

describe("npm run settings -- migrate", () => {
    it("moves each setting to its place, with its comments, and leaves all else as it is", () => {
        const { text, moved, kept } = migrate(BEFORE, "Pulumi.prod.yaml");
        assert.equal(text, AFTER);
        assert.deepEqual(kept, []);
        assert.deepEqual(moved[0], { from: "deployDemo", to: "demo.deploy" });
        assert.equal(moved.length, 5);
    });

    it("changes nothing where nothing is to be moved, also when it has done its work", () => {
        for (const text of [AFTER, "", "config: {}\n", "config:\n  other:istioVersion: x\n"]) {
            assert.deepEqual(migrate(text, "x"), { text, moved: [], kept: [] });
        }
    });

    it("keeps Windows line ends", () => {
        assert.equal(migrate(BEFORE.replaceAll("\n", "\r\n"), "x").text, AFTER.replaceAll("\n", "\r\n"));
    });

    it("adds to a group that is there already, whatever form it has", () => {
        const text = "config:\n  istio-tracing:istio: { hub: a.example/istio }\n  istioVersion: 1.31.0\n";
        assert.equal(
            migrate(text, "x").text,
            "config:\n  istio-tracing:istio: { hub: a.example/istio, version: 1.31.0 }\n",
        );
    });

    it("leaves what is set at both places, what is encrypted, and what a group has no room for, and says why", () => {
        const both = migrate(
            "config:\n  istio-tracing:mtlsMode: STRICT\n  istio-tracing:istio: { mtlsMode: STRICT }\n",
            "x",
        );
        assert.deepEqual([both.moved, both.kept[0]?.key], [[], "mtlsMode"]);
        assert.match(both.kept[0]?.reason ?? "", /istio\.mtlsMode is also set and takes precedence/);
        const secret = migrate("config:\n  istio-tracing:istiodValues: { env: { A: { secure: v1:x } } }\n", "x");
        assert.match(secret.kept[0]?.reason ?? "", /^it is encrypted/);
        const text = migrate("config:\n  istio-tracing:mtlsMode: STRICT\n  istio-tracing:istio: hello\n", "x");
        assert.match(text.kept[0]?.reason ?? "", /istio is set to something other/);
    });

    it("says of a file that is no YAML that it cannot be read", () => {
        assert.throws(
            () => migrate("config: [", "Pulumi.prod.yaml"),
            /^UserError: Pulumi\.prod\.yaml cannot be read: /,
        );
    });
});

describe("the command npm run settings", () => {
    let folder: string;
    let file: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "istio-tracing-settings-"));
        file = join(folder, "Pulumi.prod.yaml");
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });
    const root = join(__dirname, "../../../..");
    const args = (...more: string[]): string[] => [
        "--require",
        join(root, "translate.cjs"),
        join(root, "cli/settings.ts"),
        ...more,
    ];

    it("shows what would change, and writes it only with --yes, with the rights of the file and nothing beside it", () => {
        writeFileSync(file, BEFORE, { mode: 0o600 });
        const shown = execFileSync(process.execPath, args("migrate", "--config-file", file), { encoding: "utf8" });
        assert.match(shown, /^- {3}istio-tracing:mtlsMode: STRICT$/m);
        assert.match(shown, /^\+ {5}mtlsMode: STRICT$/m);
        assert.match(shown, /mtlsMode is now istio\.mtlsMode.*Nothing is written yet/);
        assert.equal(readFileSync(file, "utf8"), BEFORE);
        execFileSync(process.execPath, args("migrate", "--config-file", file, "--yes"));
        assert.equal(readFileSync(file, "utf8"), AFTER);
        assert.deepEqual([readdirSync(folder), statSync(file).mode & 0o777], [["Pulumi.prod.yaml"], 0o600]);
    });

    it("says what it needs where it gets something else", () => {
        for (const given of [[], ["migrate"], ["move", "--stack", "dev"], ["migrate", "--stack", "none"]]) {
            const { status, stderr } = spawnSync(process.execPath, args(...given), { encoding: "utf8" });
            assert.equal(status, 2, stderr);
            assert.match(stderr, /^error: expected /);
        }
    });
});
