import assert from "node:assert/strict";
import { formatAddress } from "../../../../components/collector";
import { problemsOf, settingsOf } from "./helpers";

const addressOf = (raw: Record<string, string>): string => formatAddress(settingsOf(raw).collector);

/** What each setting alone changes in the address of the stack's own Jaeger: namespace, domain, port. */
const CHANGES = {
    "istio.namespace": ["mesh", { namespace: "mesh" }],
    clusterDomain: ["corp.example", { domain: "corp.example" }],
    "collector.protocol": ["zipkin", { port: "9411" }],
} as const;
type Changed = keyof typeof CHANGES;

function expected(...changed: Changed[]): string {
    const usual = { namespace: "istio-system", domain: "cluster.local", port: "4317" };
    const { namespace, domain, port } = Object.assign(usual, ...changed.map((key) => CHANGES[key][1])) as typeof usual;
    return `jaeger-collector.${namespace}.svc.${domain}:${port}`;
}

describe("collectorAddress that is left out", () => {
    const keys = Object.keys(CHANGES) as Changed[];
    const raw = (...changed: Changed[]): Record<string, string> =>
        Object.fromEntries(changed.map((key) => [key, CHANGES[key][0]]));

    it("is the stack's own Jaeger", () => {
        assert.equal(addressOf({}), "jaeger-collector.istio-system.svc.cluster.local:4317");
        assert.equal(addressOf({ collectorAddress: "" }), expected());
        assert.equal(addressOf({ "collector.protocol": "otlp-http" }), expected().replace("4317", "4318"));
    });

    for (const key of keys) {
        it(`follows ${key} alone`, () => {
            assert.equal(addressOf(raw(key)), expected(key));
            assert.notEqual(expected(key), expected());
        });

        for (const other of keys.slice(keys.indexOf(key) + 1)) {
            it(`follows ${key} and ${other}`, () => {
                assert.equal(addressOf(raw(key, other)), expected(key, other));
            });
        }
    }

    it("follows all of them", () => {
        assert.equal(addressOf(raw(...keys)), expected(...keys));
    });

    it("is refused where there is no such Jaeger", () => {
        assert.match(problemsOf({ "jaeger.deploy": "false" })[0]?.expected ?? "", /because jaeger\.deploy is false/);
    });
});

describe("collectorAddress that is given", () => {
    it("stays as it is, and is refused where one of the others makes it wrong", () => {
        const collectorAddress = expected();
        for (const [key, [value]] of Object.entries(CHANGES)) {
            const [problem, ...more] = problemsOf({ collectorAddress, [key]: value });
            assert.deepEqual([problem?.key, more], ["collectorAddress", []], key);
        }
    });
});
