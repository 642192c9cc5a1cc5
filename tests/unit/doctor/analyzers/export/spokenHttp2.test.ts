import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn, HOST, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";
import { port, silent, UNANSWERED } from "../../remediation/scenarioParts";

/** A provider of OTLP over HTTP of which no call succeeds. Sidecars use HTTP/2 in every mesh of the tests. */
function overHttp(patient: Patient): void {
    silent(patient, { "10.0.0.9:4318": UNANSWERED });
    const http = { path: "/v1/traces", timeout: "3s" };
    Object.assign(patient.provider, { opentelemetry: { service: HOST, port: 4318, http } });
}

describe("HTTP/2 to a receiver of spans over HTTP", () => {
    it("is named with the mark of the port, in every spelling", () => {
        for (const mark of [{ appProtocol: "kubernetes.io/h2c" }, { appProtocol: "grpc" }, { appProtocol: "http2" }]) {
            const diagnosis = diagnosisOf((patient) => {
                overHttp(patient);
                port(patient, mark, 1);
            });
            assert.deepEqual(foundIn(diagnosis), ["export: collector-port-http"]);
            const { resource, got, commands } = findingOf(diagnosis, "collector-port-http");
            assert.equal(resource, "Service istio-system/jaeger-collector");
            assert.equal(
                got,
                `port 4318 (name http-otlp, appProtocol ${mark.appProtocol}), for which sidecars use HTTP/2`,
            );
            assert.match(commands.join(), /"path":"\/spec\/ports\/1\/appProtocol","value":"http"/);
        }
    });

    it("is named with the DestinationRule that upgrades connections", () => {
        const { resource, commands } = findingOf(
            diagnosisOf((patient) => {
                overHttp(patient);
                const connectionPool = { http: { h2UpgradePolicy: "UPGRADE" } };
                const spec = { host: HOST, trafficPolicy: { connectionPool } };
                put(patient.discovery, "destinationRules", objectOf("istio-system", "up", spec));
            }),
            "collector-port-http",
        );
        assert.match(resource, /^DestinationRule istio-system\/up/);
        assert.match(commands.join(), /h2UpgradePolicy","value":"DO_NOT_UPGRADE"/);
    });

    it("is named with the mesh configuration", () => {
        const { resource, commands } = findingOf(
            diagnosisOf((patient) => {
                overHttp(patient);
                Object.assign(patient.mesh.config, { h2UpgradePolicy: "UPGRADE" });
            }),
            "collector-port-http",
        );
        assert.equal(resource, "ConfigMap istio-system/istio");
        assert.deepEqual(commands, []);
    });

    it("is right for OTLP over gRPC, also by kubernetes.io/h2c", () => {
        const diagnosis = diagnosisOf((patient) => {
            port(patient, { name: "otlp", appProtocol: "kubernetes.io/h2c" });
        });
        assert.deepEqual(foundIn(diagnosis), []);
    });
});
