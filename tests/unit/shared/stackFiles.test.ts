import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStackConfig, ownSettings, stackNames } from "../../../shared/stacks/stackConfig";
import { UserError } from "../../../shared/terminal/errors";

const ROOT = join(__dirname, "../../..");

describe("a folder of stacks", () => {
    let folder = "";
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "stack-files-"));
        copyFileSync(join(ROOT, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
    });
    const write = (stack: string, ...lines: string[]): void => {
        writeFileSync(join(folder, `Pulumi.${stack}.yaml`), `config:\n${lines.map((line) => `  ${line}\n`).join("")}`);
    };
    const messageOf = (stack: string, overlay?: string): string => {
        try {
            loadStackConfig(folder, stack, overlay);
            return "";
        } catch (error) {
            assert.ok(error instanceof UserError);
            return error.message;
        }
    };

    it("names those with a dot as well, which Pulumi takes", () => {
        for (const stack of ["prod.eu", "prod-1.2", "v1.2.3"]) write(stack, 'istio-tracing:samplingPercent: "5"');
        assert.deepEqual(stackNames(folder), ["prod-1.2", "prod.eu", "v1.2.3"]);
        assert.equal(ownSettings(loadStackConfig(folder, "prod.eu"))["samplingPercent"], "5");
    });

    it("means the same with the line ends of Windows and a byte order mark", () => {
        const values =
            "  istio-tracing:istio:\n    values:\n      meshConfig:\n        accessLogFormat: |\n          a\n          b\n";
        for (const text of [
            ...stackNames(ROOT).map((stack) => readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8")),
            `config:\n${values}`,
        ]) {
            const read = (content: string): Record<string, string> => {
                writeFileSync(join(folder, "Pulumi.some.yaml"), content);
                return loadStackConfig(folder, "some").values;
            };
            const windows = text.replaceAll("\n", "\r\n");
            assert.notEqual(windows, text);
            assert.deepEqual(read(windows), read(text));
            assert.deepEqual(read(`\uFEFF${windows}`), read(text));
        }
    });

    it("leads nowhere else by a name that is none", () => {
        for (const stack of ["../prod", "a b", "", "x".repeat(101)])
            assert.match(messageOf(stack), /a name has 1 to 100 letters, digits and \. _ -\.$/, stack);
        assert.match(messageOf("eu.west"), /write Pulumi\.eu\.west\.yaml for a new one/);
    });

    it("is refused a misspelt prefix, by which a setting would count for nothing", () => {
        for (const prefix of ["istio-tracng", "istiotracing", "Istio-Tracing", "istio_tracing"]) {
            write("dev", `${prefix}:samplingPercent: "5"`, "kubernetes:context: here");
            assert.match(
                messageOf("dev"),
                new RegExp(`^Pulumi\\.dev\\.yaml: .*\\n  ${prefix}:samplingPercent: did you mean `),
            );
        }
    });

    it("is refused one in an overlay too", () => {
        write("dev", 'istio-tracing:samplingPercent: "5"');
        const overlay = join(folder, "overlay.yaml");
        writeFileSync(overlay, "config:\n  istio-traceing:samplingPercent: 5\n");
        assert.match(messageOf("dev", overlay), /^overlay\.yaml: .*\n {2}istio-traceing:samplingPercent: did you mean/);
    });

    it("may hold settings of providers and of the policy pack", () => {
        write(
            "dev",
            "kubernetes:context: a",
            "istio-tracing-policy:environment: ci",
            "pulumi:tags: {}",
            "aws:region: x",
        );
        assert.equal(messageOf("dev"), "");
    });
});
