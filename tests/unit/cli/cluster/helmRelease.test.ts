import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { maskEncrypted } from "../../../../cli/cluster/encryptedSecrets";
import { decodeRelease } from "../../../../cli/cluster/helmRelease";

const STORED = {
    info: { status: "deployed" },
    chart: { metadata: { version: "1.31.1" } },
    config: { global: { hub: "h" } },
    manifest:
        "---\n# Source: a.yaml\nkind: ConfigMap\nmetadata:\n  name: a\n---\n\n---\nkind: Role\nmetadata: { name: b, namespace: x }\n",
};

const twice = (bytes: Buffer): string => Buffer.from(bytes.toString("base64")).toString("base64");

describe("Helm's record of a release", () => {
    it("is read from its Secret, packed or not, with the release's namespace where an object names none", () => {
        const json = Buffer.from(JSON.stringify(STORED));
        for (const data of [twice(gzipSync(json)), twice(json)]) {
            const { status, chartVersion, values, objects } = decodeRelease(data, "istio-system");
            assert.deepEqual([status, chartVersion, values], ["deployed", "1.31.1", { global: { hub: "h" } }]);
            assert.deepEqual(
                objects.map(({ metadata }) => metadata),
                [
                    { name: "a", namespace: "istio-system" },
                    { name: "b", namespace: "x" },
                ],
            );
        }
    });
});

describe("secrets of a stack file", () => {
    it("are masked where they stand, and nothing else is", () => {
        const raw = { a: '{"x":{"secure":"v1:abc"},"y":"plain"}', b: '{"secure":"v1:abc"}', c: 'says "secure" and {' };
        assert.deepEqual(maskEncrypted(raw), {
            a: '{"x":"a-secret-of-the-stack","y":"plain"}',
            b: "a-secret-of-the-stack",
            c: raw.c,
        });
    });
});
