import assert from "node:assert/strict";
import { summariseChains } from "../../../../../doctor/evidence/envoyConfig";
import { diagnosisOf, findingOf, foundIn, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

const OFF = { proxyHeaders: { requestId: { disabled: true } } };

function withoutIds(patient: Patient, side: "outbound" | "inbound" = "outbound"): void {
    patient[side] = patient[side].map((chain) => ({ ...chain, generatesRequestIds: false }));
}

function startedWith(patient: Patient, config: object): void {
    const [proxy] = patient.frontend.spec?.initContainers ?? [];
    Object.assign(proxy ?? {}, { env: [{ name: "PROXY_CONFIG", value: JSON.stringify(config) }] });
}

describe("sidecars that create no x-request-id", () => {
    it("are named with the annotation, and with the effect on sampling, not as lost spans", () => {
        const diagnosis = diagnosisOf((patient) => {
            withoutIds(patient);
            startedWith(patient, OFF);
            Object.assign(patient.frontend.metadata.annotations ?? {}, {
                "proxy.istio.io/config": "proxy_headers: { request_id: { disabled: true } }",
            });
            patient.evidence.burst = { sent: 80, answered: 80, failed: 0, traces: [] };
        });
        assert.deepEqual(foundIn(diagnosis), ["sampling: request-id-disabled"]);
        const { resource, got, commands } = findingOf(diagnosis, "request-id-disabled");
        assert.equal(resource, "Pod demo/frontend-7f9-abc");
        assert.match(
            got,
            /^proxyHeaders\.requestId\.disabled in its annotation proxy\.istio\.io\/config: the sidecar creates no x-request-id, and records no request that arrives without one, at any rate \(0 of 80 here\)$/,
        );
        assert.match(commands[0] ?? "", /patch deployment frontend .*"proxy\.istio\.io\/config":null/);
        assert.equal(diagnosis.brokenAt, "sampling");
    });

    it("are named with the field of the mesh configuration, whose other fields stay", () => {
        const defaultConfig = { ...OFF, tracing: {} };
        const { resource, steps } = findingOf(
            diagnosisOf((patient) => {
                withoutIds(patient);
                startedWith(patient, defaultConfig);
                Object.assign(patient.mesh.config, { defaultConfig });
            }),
            "request-id-disabled",
        );
        assert.equal(resource, "ConfigMap istio-system/istio");
        const [first] = steps;
        assert.deepEqual(first?.verb === "setMesh" && first.after.defaultConfig, { tracing: {} });
    });

    it("are named with the EnvoyFilter that does it", () => {
        const value = { typed_config: { generate_request_id: false } };
        const { resource, cure } = findingOf(
            diagnosisOf((patient) => {
                withoutIds(patient);
                const configPatches = [{ applyTo: "NETWORK_FILTER", patch: { operation: "MERGE", value } }];
                put(patient.discovery, "envoyFilters", objectOf("demo", "ids", { configPatches }));
            }),
            "request-id-disabled",
        );
        assert.equal(resource, "EnvoyFilter demo/ids");
        assert.equal(cure, "Remove generate_request_id from EnvoyFilter demo/ids.");
    });

    it("are only a warning where a Telemetry records every request, and at the target of the path", () => {
        const all = diagnosisOf((patient) => {
            withoutIds(patient);
            Object.assign(patient.telemetry.spec?.tracing?.[0] ?? {}, { useRequestIdForTraceSampling: false });
        });
        assert.match(findingOf(all, "request-id-disabled").got, /have no common ID$/);
        const target = diagnosisOf((patient) => {
            withoutIds(patient, "inbound");
        });
        for (const diagnosis of [all, target]) {
            assert.equal(findingOf(diagnosis, "request-id-disabled").severity, "warning");
            assert.ok(diagnosis.healthy);
        }
    });

    it("say where to look if no object explains it", () => {
        const { cure } = findingOf(
            diagnosisOf((patient) => {
                withoutIds(patient);
            }),
            "request-id-disabled",
        );
        assert.match(cure, /^No object that the doctor reads sets it\./);
    });

    it("that started with it before the mesh configuration changed are outdated as well", () => {
        const found = foundIn(
            diagnosisOf((patient) => {
                withoutIds(patient);
                startedWith(patient, OFF);
            }),
        );
        assert.deepEqual(found.sort(), ["sampling: request-id-disabled", "sidecar: sidecar-outdated"]);
    });

    it("are recognized in a dump of Envoy", () => {
        const chain = (more: object): unknown => ({
            configs: [
                {
                    name: "0.0.0.0_80",
                    active_state: {
                        listener: {
                            traffic_direction: "OUTBOUND",
                            address: { socket_address: { port_value: 80 } },
                            filter_chains: [
                                { filters: [{ typed_config: { "@type": "x.HttpConnectionManager", ...more } }] },
                            ],
                        },
                    },
                },
            ],
        });
        assert.equal(summariseChains(chain({ generate_request_id: false }))[0]?.generatesRequestIds, false);
        assert.equal(summariseChains(chain({}))[0]?.generatesRequestIds, undefined);
        assert.equal(summariseChains(chain({ generate_request_id: "no" }))[0]?.generatesRequestIds, undefined);
    });
});
