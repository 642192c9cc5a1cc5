import assert from "node:assert/strict";
import type { Taken } from "../../../../../doctor/evidence/askReceiver";
import type { Evidence } from "../../../../../doctor/evidence";
import { collectorFile, diagnosisOf, findingOf, foundIn, HOST, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";
import { ADDRESS, named, port, REFUSED, silent, tls, UNANSWERED } from "../../remediation/scenarioParts";
import { evidenceWith } from "../../remediation/scenarios";
import { diagnose } from "../../../../../doctor/diagnose";

const JAEGER = "istio-system/jaeger-7f9-abc";

function asked(taken: Taken): Evidence["receivers"] {
    return [{ pod: JAEGER, port: 4317, taken }];
}

describe("a targetPort of the collector's Service", () => {
    it("that is the name of no port of its pods is told, and led to the receiver", () => {
        const diagnosis = diagnosisOf((patient) => {
            silent(patient, {});
            port(patient, { targetPort: "grpc-otpl" });
            const slices = patient.discovery.endpointSlices as { value: { ports: unknown[] }[] };
            slices.value[0]?.ports.shift();
        });
        assert.deepEqual(foundIn(diagnosis), ["export: collector-target-port"]);
        const { got, commands } = findingOf(diagnosis, "collector-target-port");
        assert.match(got, /^grpc-otpl, which is not the name of a port of its pods, so port 4317 has no endpoints$/);
        assert.match(commands.join(), /"path":"\/spec\/ports\/0\/targetPort","value":4317/);
    });

    it("that leads to a receiver of another protocol is led back, since the port is meant for what is sent", () => {
        const diagnosis = diagnosisOf((patient) => {
            silent(patient, { "10.0.0.9:4318": UNANSWERED });
            port(patient, { targetPort: "http-otlp" });
            patient.evidence.receivers = asked("otlp-http");
        });
        const { cure, commands } = findingOf(diagnosis, "collector-port-protocol");
        assert.match(cure, /^Set targetPort of the Service's port 4317 to 4317 of its pods, which accepts otlp-grpc\./);
        assert.match(commands.join(), /targetPort","value":4317/);
    });

    it("is restored where two ports have each other's, and the provider keeps its port", () => {
        const swapped = (targets: [string | number, string | number], taken: Taken, provider: object): string[] => {
            const { cure, commands } = findingOf(
                diagnosisOf((patient) => {
                    silent(patient, { "10.0.0.9:4318": UNANSWERED });
                    port(patient, { targetPort: targets[0] });
                    port(patient, { targetPort: targets[1] }, 1);
                    Object.assign(patient.provider, { opentelemetry: { service: HOST, ...provider } });
                    patient.evidence.receivers = asked(taken);
                }),
                "collector-port-protocol",
            );
            return [cure, ...commands];
        };
        const http = { port: 4318, http: { path: "/v1/traces", timeout: "3s" } };
        for (const [cure = "", ...commands] of [
            swapped(["http-otlp", "grpc-otlp"], "otlp-http", { port: 4317 }),
            swapped([4318, 4317], "otlp-http", { port: 4317 }),
            swapped([4318, 4317], "otlp-grpc", http),
        ]) {
            assert.match(
                cure,
                /^Set targetPort of the Service's port 4317 to 4317 of its pods, which accepts otlp-grpc, and of its port 4318 to 4318 of its pods, which accepts otlp-http\./,
            );
            assert.equal(commands.length, 1);
            assert.match(commands[0] ?? "", /ports\/0\/targetPort","value":4317.*ports\/1\/targetPort","value":4318/);
            assert.doesNotMatch(commands[0] ?? "", /configmap/);
        }
    });

    it("is led to where the collector's configuration has the receiver", () => {
        const diagnosis = diagnosisOf((patient) => {
            silent(patient, { [ADDRESS]: REFUSED });
            collectorFile(
                patient,
                'receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:14317" } } } }\n' +
                    "service: { pipelines: { traces: { receivers: [otlp], exporters: [x] } } }\n",
            );
        });
        const { commands } = findingOf(diagnosis, "collector-receiver-port");
        assert.match(commands.join(), /targetPort","value":14317/);
    });
});

describe("a DestinationRule that starts TLS to a collector", () => {
    const started = (host: string, taken: Taken): ReturnType<typeof diagnose> => {
        const evidence = evidenceWith((patient) => {
            silent(patient, { [ADDRESS]: REFUSED });
            tls(patient, "none");
            const rule = objectOf("istio-system", "tls", { host, trafficPolicy: { tls: { mode: "SIMPLE" } } });
            put(patient.discovery, "destinationRules", rule);
            patient.evidence.receivers = asked(taken);
        });
        for (const sidecar of [evidence.source, ...evidence.targets])
            if (sidecar !== undefined && "value" in sidecar.clusters)
                for (const cluster of sidecar.clusters.value) cluster.tls = "other";
        return diagnose(evidence);
    };

    it("that takes plain text is told, and starts none afterwards", () => {
        const { resource, got, commands } = findingOf(started(HOST, "otlp-grpc"), "collector-receiver-tls");
        assert.match(resource, /^DestinationRule istio-system\/tls/);
        assert.match(got, /^mode SIMPLE for jaeger-collector/);
        assert.match(
            commands.join(),
            /"op":"replace","path":"\/spec\/trafficPolicy\/tls","value":\{"mode":"DISABLE"\}/,
        );
    });

    it("is left as it is for other hosts, from which the collector is excepted", () => {
        const { commands } = findingOf(started("*.local", "otlp-grpc"), "collector-receiver-tls");
        assert.match(commands.join(), /kind: DestinationRule.*mode: DISABLE/s);
    });

    it("is not blamed where nobody knows that plain text is taken", () => {
        assert.ok(!foundIn(started(HOST, "closed")).includes("export: collector-receiver-tls"));
    });
});

describe("a provider whose Service is not there", () => {
    it("is led to the only Service that takes what it sends", () => {
        const diagnosis = diagnosisOf(named("jaeger-colector.istio-system.svc.cluster.local"));
        const { resource, commands } = findingOf(diagnosis, "collector-service-exists");
        assert.equal(resource, "Service istio-system/jaeger-colector");
        assert.match(commands.join(), /service: jaeger-collector\.istio-system\.svc\.cluster\.local/);
    });

    it("is led to none where two do, or none", () => {
        const commands = (change: (patient: Patient) => void): string[] =>
            findingOf(
                diagnosisOf((patient) => {
                    named("gone.istio-system.svc.cluster.local")(patient);
                    change(patient);
                }),
                "collector-service-exists",
            ).commands;
        assert.deepEqual(
            commands((patient) => {
                const { metadata, spec } = patient.collectorService;
                patient.services.push({ metadata: { ...metadata, name: "second" }, spec });
            }),
            [],
        );
        assert.deepEqual(
            commands((patient) => {
                port(patient, { port: 9999, targetPort: 9999, name: "other" });
            }),
            [],
        );
    });
});

describe("a provider that speaks HTTP otherwise than its collector", () => {
    const unfit = (http: object, taken: Taken = "otlp-http"): ReturnType<typeof diagnosisOf> =>
        diagnosisOf((patient) => {
            silent(patient, { "10.0.0.9:4318": UNANSWERED });
            patient.provider["opentelemetry"] = { service: HOST, port: 4318, http };
            patient.evidence.receivers = asked(taken);
        });

    it("is told by its path or its timeout, with the ones that fit", () => {
        const path = findingOf(unfit({ path: "/v2/traces", timeout: "3s" }), "provider-http-unfit");
        assert.match(path.got, /^the path \/v2\/traces; with other values/);
        assert.match(path.commands.join(), /path: \/v1\/traces/);
        const timeout = findingOf(unfit({ path: "/v1/traces", timeout: "0.001s" }), "provider-http-unfit");
        assert.match(timeout.got, /^the timeout 0\.001s; /);
        assert.match(timeout.commands.join(), /timeout: 3s/);
    });

    it("is not blamed where both fit, or where its pods take nothing", () => {
        const found = (...[http, taken]: Parameters<typeof unfit>): string[] => foundIn(unfit(http, taken));
        assert.deepEqual(found({ path: "/v1/traces", timeout: "3s" }), ["export: export-failing"]);
        assert.ok(!found({ path: "/v2/traces", timeout: "3s" }, "closed").includes("export: provider-http-unfit"));
    });
});

describe("a query Service that selects pods which are no Jaeger", () => {
    it("is led to Jaeger's own", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.spans = "none";
            for (const { spec } of patient.jaegers) spec?.containers?.[0]?.ports?.push({ containerPort: 16686 });
            const service = {
                metadata: { name: "jaeger-query", namespace: "istio-system" },
                spec: { selector: { app: "frontend" }, ports: [{ port: 16686 }] },
            };
            const query = { where: "jaeger", service, pods: [patient.frontend], problem: "connection refused" };
            const unasked = { client: undefined, basePath: undefined, blind: undefined, services: [] };
            patient.evidence.query = { ...query, ...unasked };
        });
        const { cure, commands } = findingOf(diagnosis, "query-unreachable");
        assert.match(cure, /^Correct its selector to select Jaeger's pods\./);
        assert.match(commands.join(), /"path":"\/spec\/selector","value":\{"app":"jaeger"\}/);
    });
});

describe("a Jaeger whose storage does not answer", () => {
    it("is found to fail, and its Service is left as it is", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.spans = "none";
            const query = { where: "jaeger", service: undefined, pods: [], problem: "HTTP status 500", failing: true };
            const unasked = { client: undefined, basePath: undefined, blind: undefined, services: [] };
            patient.evidence.query = { ...query, ...unasked };
        });
        const { cure, commands, got } = findingOf(diagnosis, "query-failing");
        assert.match(got, /fails: HTTP status 500$/);
        assert.match(cure, /jaeger\.storage, jaegerStoragePassword/);
        assert.deepEqual(commands, []);
    });
});
