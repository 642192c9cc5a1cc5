import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStackConfig } from "../../../../lab/engine";

const project = `
name: shop
runtime: nodejs
config:
  percent: { type: string, default: "1" }
  replicas: { type: integer, default: 2 }
  debug: { type: boolean, default: false }
  hosts: { type: array, items: { type: string }, default: [a, b] }
  sizes: { type: object, default: { small: { memoryMiB: 64 } } }
`;

describe("the settings of a stack", () => {
    let folder: string;
    const write = (name: string, content: string): void => {
        writeFileSync(join(folder, name), content);
    };
    const load = (stack: string, overlay?: string, overrides?: Record<string, string>) =>
        loadStackConfig(folder, stack, overlay === undefined ? undefined : join(folder, overlay), overrides);

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "config-"));
        write("Pulumi.yaml", project);
        write("Pulumi.dev.yaml", "config:\n  shop:replicas: 3\n  kubernetes:context: here\n");
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("are the project's defaults, and the stack's own values over them", () => {
        assert.deepEqual(load("dev").config, {
            "shop:percent": "1",
            "shop:replicas": "3",
            "shop:debug": "false",
            "shop:hosts": '["a","b"]',
            "shop:sizes": '{"small":{"memoryMiB":64}}',
            "kubernetes:context": "here",
        });
    });

    it("take an overlay, which merges objects and says what it changed", () => {
        write("overlay.yaml", "config:\n  shop:sizes: { large: { memoryMiB: 512 } }\n  shop:percent: '1'\n");
        const { config, changes } = load("dev", "overlay.yaml");
        assert.deepEqual(JSON.parse(config["shop:sizes"] ?? ""), {
            small: { memoryMiB: 64 },
            large: { memoryMiB: 512 },
        });
        assert.deepEqual(
            changes.map((change) => change.key),
            ["shop:sizes.large"],
        );
    });

    it("take values given at run time last", () => {
        assert.equal(load("dev", undefined, { percent: "50" }).config["shop:percent"], "50");
    });

    for (const [value, key, type] of [
        ["shop:replicas: 0.5", "replicas", "integer"],
        ["shop:replicas: many", "replicas", "integer"],
        ["shop:debug: maybe", "debug", "boolean"],
        ["shop:hosts: one", "hosts", "array<string>"],
        ["shop:hosts: [1]", "hosts", "array<string>"],
        ["shop:sizes: big", "sizes", "object"],
    ] as const) {
        it(`refuse ${value}, as the CLI does`, () => {
            write("Pulumi.dev.yaml", `config:\n  ${value}\n`);
            assert.throws(
                () => load("dev"),
                (error: Error) => {
                    return error.message === `Stack 'dev' with configuration key '${key}' must be of type '${type}'`;
                },
            );
        });
    }

    it("accept a plain number where text is expected, as the CLI does", () => {
        write("Pulumi.dev.yaml", "config:\n  shop:percent: 0.5\n");
        assert.equal(load("dev").config["shop:percent"], "0.5");
    });

    it("name every value that is missing", () => {
        write("Pulumi.yaml", "name: shop\nconfig:\n  one: { type: string }\n  two: { type: string }\n");
        assert.throws(() => load("dev"), /Stack 'dev' is missing configuration values 'one', 'two'/);
    });

    it("refuse a secret in plain, and take it at run time", () => {
        write("Pulumi.yaml", "name: shop\nconfig:\n  token: { type: string, secret: true }\n");
        write("Pulumi.dev.yaml", "config:\n  shop:token: plain\n");
        assert.throws(() => load("dev"), /configuration key 'token' must be encrypted as it's secret/);
        write("Pulumi.dev.yaml", "config: {}\n");
        assert.deepEqual(load("dev", undefined, { token: "t" }).secretKeys, ["shop:token"]);
    });

    it("refuse what only Pulumi Cloud or its passphrase could open", () => {
        write("Pulumi.dev.yaml", "config:\n  shop:percent: { secure: abc }\n");
        assert.throws(() => load("dev"), /encrypted value of shop:percent cannot be opened/);
        write("Pulumi.dev.yaml", "environment: [prod]\n");
        assert.throws(() => load("dev"), /"environment" is not served/);
    });
});
