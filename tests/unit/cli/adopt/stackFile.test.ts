import assert from "node:assert/strict";
import { withIstioSettings } from "../../../../cli/adopt/stackFile";

const write = (text: string, settings: Record<string, unknown>): string =>
    withIstioSettings(text, "Pulumi.x.yaml", settings);

describe("the settings that adopt writes into a stack's file", () => {
    it("stand beside what is there, whose comments and secrets stay", () => {
        const before = `# mine
config:
  kubernetes:context: prod # the only one
  istio-tracing:jaegerStoragePassword:
    secure: v1:abc
  istio-tracing:istio: { namespace: mesh }
`;
        const after = write(before, { install: false, adopted: { istiod: { version: "1.30" } } });
        assert.equal(
            after,
            `# mine
config:
  kubernetes:context: prod # the only one
  istio-tracing:jaegerStoragePassword:
    secure: v1:abc
  istio-tracing:istio:
    namespace: mesh
    install: false
    adopted:
      istiod:
        version: "1.30"
`,
        );
        assert.equal(write(after, { install: false, adopted: { istiod: { version: "1.30" } } }), after);
        assert.doesNotMatch(write(after, { adopted: undefined }), /adopted/);
    });

    it("also go into a file that is empty, has no config, or has the key without its prefix", () => {
        const some = "config:\n  istio-tracing:istio:\n    install: false\n";
        for (const text of ["", "config:\n", "config: {}\n", "config:\n  istio-tracing:istio:\n"]) {
            assert.equal(write(text, { install: false }).replace("config: {}\n", ""), some, JSON.stringify(text));
        }
        assert.match(
            write("config:\n  istio: { hub: a/b }\n", { install: false }),
            /^ {2}istio:\n {4}hub: a\/b\n {4}install: false/m,
        );
    });

    it("keep the line ends of the file", () => {
        assert.equal(
            write("config:\r\n  a: 1\r\n", { install: false }),
            "config:\r\n  a: 1\r\n  istio-tracing:istio:\r\n    install: false\r\n",
        );
    });

    it("are not written into a file that holds something else there, or that is no YAML", () => {
        for (const text of [
            "config: 1\n",
            "config:\n  istio-tracing:istio: '{}'\n",
            "config:\n  istio-tracing:istio: { secure: v1:a }\n",
        ]) {
            assert.throws(() => write(text, {}), { exitCode: 2, message: /to be an object .* Nothing was written/ });
        }
        assert.throws(() => write("a: [", {}), { exitCode: 2, message: /Pulumi\.x\.yaml cannot be read/ });
    });
});
