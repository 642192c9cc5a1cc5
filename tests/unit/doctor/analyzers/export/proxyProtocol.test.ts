import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn, HOST, objectOf, put } from "../../patient";
import { ADDRESS, silent } from "../../remediation/scenarioParts";

const V2 = { proxyProtocol: { version: "V2" } };

function diagnosisWith(host: string, trafficPolicy: object): ReturnType<typeof diagnosisOf> {
    return diagnosisOf((patient) => {
        silent(patient, { [ADDRESS]: { rq_total: 9, rq_error: 9, cx_total: 9 } });
        put(patient.discovery, "destinationRules", objectOf("istio-system", "defaults", { host, trafficPolicy }));
    });
}

describe("a DestinationRule with a PROXY protocol header for the collector", () => {
    it("is named where every call fails, and the cure removes that field alone", () => {
        for (const host of [HOST, "*.istio-system.svc.cluster.local"]) {
            const diagnosis = diagnosisWith(host, { ...V2, loadBalancer: { simple: "ROUND_ROBIN" } });
            const { resource, commands } = findingOf(diagnosis, "collector-proxy-protocol");
            assert.equal(resource, "DestinationRule istio-system/defaults");
            assert.match(commands.join("\n"), /"op":"remove","path":"\/spec\/trafficPolicy\/proxyProtocol"/);
        }
    });

    it("leaves no empty trafficPolicy, which Istio rejects", () => {
        const { commands } = findingOf(diagnosisWith(HOST, V2), "collector-proxy-protocol");
        assert.match(commands.join("\n"), /"op":"remove","path":"\/spec\/trafficPolicy"/);
    });

    it("is not named where the sidecars' own namespace has another rule, which takes precedence", () => {
        const rules = [
            objectOf("istio-system", "defaults", { host: HOST, trafficPolicy: V2 }),
            objectOf("demo", "all", { host: "*.local", trafficPolicy: { loadBalancer: { simple: "ROUND_ROBIN" } } }),
        ];
        const diagnosis = diagnosisOf((patient) => {
            silent(patient, { [ADDRESS]: { rq_total: 9, rq_error: 9, cx_total: 9 } });
            put(patient.discovery, "destinationRules", ...rules);
        });
        assert.doesNotMatch(foundIn(diagnosis).join(), /collector-proxy-protocol/);
    });

    it("is not named for another host, or without the header", () => {
        for (const diagnosis of [
            diagnosisWith("backend.demo.svc.cluster.local", V2),
            diagnosisWith(HOST, { loadBalancer: { simple: "ROUND_ROBIN" } }),
        ])
            assert.doesNotMatch(foundIn(diagnosis).join(), /collector-proxy-protocol/);
    });
});
