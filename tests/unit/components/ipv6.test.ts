import assert from "node:assert/strict";
import { planProgram, type Plan } from "../../../plan";
import { at, listAt } from "../../../shared/values/plainObjects";

/** Everything that the program can make. */
const FULL = {
    ui: JSON.stringify({
        ...{ mode: "gateway", host: "traces.example.com", service: { sourceRanges: ["fd00::/8"] } },
        tls: { mode: "certManager", certManager: "install", issuer: { type: "selfSigned" } },
    }),
    uiBasicAuth: JSON.stringify({ username: "anna", password: "correct-horse-9" }),
    istio: JSON.stringify({ mtlsMode: "STRICT", cni: { mode: "install" } }),
    namespaces: JSON.stringify({ shop: { samplingPercent: 5 } }),
};
/** An IPv4 address that is no part of a longer number or of a version such as 1.31.1. */
const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/;

const inputsOf = ({ resources }: Plan, kind: string): unknown[] =>
    resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs);

describe("on a cluster with IPv6 alone, or with both families,", () => {
    it("nothing that the program renders names an IPv4 address to listen on or to call", async () => {
        const { resources } = await planProgram(FULL);
        const found = resources.filter(({ inputs }) => IPV4.test(JSON.stringify(inputs)));
        assert.deepEqual(
            found.map(({ type, name }) => `${type} ${name}`),
            [],
        );
    });

    it("Jaeger listens on every address of its pod, of whatever family", async () => {
        const [config] = inputsOf(await planProgram(FULL), "ConfigMap").flatMap((inputs) => {
            const text = at(inputs, "data", "config.yaml");
            return typeof text === "string" ? [text] : [];
        });
        const endpoints = [...(config ?? "").matchAll(/"?endpoint"?: ?"?([^",}\n]+)/g)].map(([, endpoint]) => endpoint);
        assert.ok(endpoints.length >= 6, config);
        for (const endpoint of endpoints) assert.match(endpoint ?? "", /^:\d+$/);
    });

    it("no Service asks for a family, so that each gets what the cluster prefers", async () => {
        for (const inputs of inputsOf(await planProgram(FULL), "Service"))
            for (const field of ["ipFamilies", "ipFamilyPolicy", "clusterIP"])
                assert.equal(at(inputs, "spec", field), undefined);
    });

    it("a collector's address is in brackets for people, and bare in the ServiceEntry, as Istio wants it", async () => {
        const plan = await planProgram({ ...FULL, collectorAddress: "[2001:db8::7]:4317" });
        assert.equal(plan.outputs["collectorAddress"], "[2001:db8::7]:4317");
        const [entry] = inputsOf(plan, "ServiceEntry");
        assert.deepEqual(listAt(entry, "spec", "endpoints"), [{ address: "2001:db8::7" }]);
        assert.equal(at(entry, "spec", "resolution"), "STATIC");
    });
});
