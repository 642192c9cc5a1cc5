import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { diagnosisOf, findingOf, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

const HOST = "backend.demo.svc.cluster.local";

/** Requests that end with an error 503 in the source's sidecar. */
function failed(flags: string | undefined, change: (patient: Patient) => void): DoctorFinding {
    return findingOf(
        diagnosisOf((patient) => {
            Object.assign(patient, { spans: "none", status: 503, taken: 0, sent: {} });
            patient.evidence.responseFlags = flags;
            change(patient);
        }),
        "request-failed",
    );
}

function route(patient: Patient, http: object): void {
    put(patient.discovery, "virtualServices", objectOf("demo", "split", { hosts: ["backend"], http: [http] }));
}

const toSubset = (subset: string): object => ({ route: [{ destination: { host: "backend", subset } }] });
const rule = (spec: object): ReturnType<typeof objectOf> => objectOf("demo", "backend", { host: HOST, ...spec });

describe("a request without an answer", () => {
    it("went to a subset that no DestinationRule has", () => {
        for (const flags of ["NC", undefined]) {
            const { resource, got, commands } = failed(flags, (patient) => {
                route(patient, toSubset("v9"));
            });
            assert.equal(resource, "VirtualService demo/split");
            assert.match(got, /the subset v9, which no DestinationRule defines/);
            assert.match(commands.join(), /"op":"remove","path":"\/spec\/http\/0\/route\/0\/destination\/subset"/);
        }
        const { got } = failed("NC", (patient) => {
            route(patient, toSubset("v9"));
            put(patient.discovery, "destinationRules", rule({ subsets: [{ name: "v1", labels: {} }] }));
        });
        assert.match(got, /which DestinationRule demo\/backend does not define/);
    });

    it("went to a subset whose labels no pod has", () => {
        const { resource, got } = failed("UH", (patient) => {
            route(patient, toSubset("v1"));
            put(patient.discovery, "destinationRules", rule({ subsets: [{ name: "v1", labels: { version: "9" } }] }));
        });
        assert.equal(resource, "DestinationRule demo/backend");
        assert.match(got, /no pod of the target has the labels version=9 of its subset v1/);
    });

    it("went to one of several subsets without pods, all of which are named", () => {
        const { got } = failed("UH", (patient) => {
            route(patient, {
                route: ["v1", "v2"].map((subset) => ({ destination: { host: "backend", subset }, weight: 50 })),
            });
            const subsets = ["v1", "v2"].map((name) => ({ name, labels: { version: name } }));
            put(patient.discovery, "destinationRules", rule({ subsets }));
        });
        assert.match(got, /version=v1 of its subset v1, or version=v2 of its subset v2/);
    });

    it("went to a subset without pods, while others were answered", () => {
        const finding = findingOf(
            diagnosisOf((patient) => {
                patient.status = [200, 503, 200];
                patient.evidence.responseFlags = "UH";
                route(patient, {
                    route: ["v1", "v2"].map((subset) => ({ destination: { host: "backend", subset }, weight: 50 })),
                });
                const labels = patient.backend.metadata.labels ?? {};
                const subsets = [
                    { name: "v1", labels },
                    { name: "v2", labels: { version: "2" } },
                ];
                put(patient.discovery, "destinationRules", rule({ subsets }));
            }),
            "request-failed",
        );
        assert.equal(finding.resource, "DestinationRule demo/backend");
        assert.equal(finding.segment, "routing");
        assert.match(
            finding.got,
            /^200, 503, 200, response flags UH \(the cluster has no healthy host\): no pod .* version=2 of its subset v2/,
        );
    });

    it("is no fault of the mesh where the application itself answers some with an error", () => {
        const { findings } = diagnosisOf((patient) => {
            patient.status = [200, 503, 200];
            patient.evidence.responseFlags = undefined;
        });
        assert.equal(
            findings.some(({ id }) => id === "request-failed"),
            false,
        );
    });

    it("went in plain text to a target that takes the mesh's own TLS alone", () => {
        const strict = objectOf("istio-system", "default", { mtls: { mode: "STRICT" } });
        const plain = rule({ trafficPolicy: { tls: { mode: "DISABLE" } } });
        const { resource, got, commands } = failed("UC", (patient) => {
            put(patient.discovery, "peerAuthentications", strict);
            put(patient.discovery, "destinationRules", plain);
        });
        assert.equal(resource, "DestinationRule demo/backend");
        assert.match(got, /tls mode DISABLE, but Pod demo\/backend-7f9-abc accepts only the mesh's own TLS/);
        assert.match(
            commands.join(),
            /"op":"replace","path":"\/spec\/trafficPolicy\/tls","value":\{"mode":"ISTIO_MUTUAL"\}/,
        );
        const { cure } = failed("UC", (patient) => {
            put(patient.discovery, "destinationRules", plain);
        });
        assert.match(cure, /^First correct the routing to the application/);
    });

    it("went with the mesh's own TLS to a target that takes plain text alone, by a PeerAuthentication", () => {
        const mutual = rule({ trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } });
        const off = { mtls: { mode: "DISABLE" } };
        const byPort = { selector: { matchLabels: { app: "backend" } }, portLevelMtls: { 8080: { mode: "DISABLE" } } };
        for (const [namespace, spec] of [
            ["demo", off],
            ["istio-system", off],
            ["demo", byPort],
        ] as const) {
            const { resource, got, cure, commands } = failed("UF,URX", (patient) => {
                put(patient.discovery, "peerAuthentications", objectOf(namespace, "off", spec));
                put(patient.discovery, "destinationRules", mutual);
            });
            assert.equal(resource, "DestinationRule demo/backend");
            assert.ok(
                got.endsWith(
                    "tls mode ISTIO_MUTUAL, but Pod demo/backend-7f9-abc accepts only plain text, because of " +
                        `PeerAuthentication ${namespace}/off (mode DISABLE)`,
                ),
                got,
            );
            assert.match(cure, /correct the PeerAuthentication instead\.(?: This changes|$)/);
            assert.match(commands.join(), /"path":"\/spec\/trafficPolicy\/tls","value":\{"mode":"DISABLE"\}/);
        }
    });

    it("went with the mesh's own TLS to a target without a sidecar", () => {
        const { got } = failed("UF,URX", (patient) => {
            if (patient.backend.spec !== undefined) patient.backend.spec.initContainers = [];
            put(patient.discovery, "destinationRules", rule({ trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } }));
        });
        assert.match(got, /accepts only plain text, because it has no sidecar$/);
    });

    it("is explained by the rule of the source's namespace before a more specific one elsewhere", () => {
        const { resource } = failed("UC", (patient) => {
            put(
                patient.discovery,
                "peerAuthentications",
                objectOf("istio-system", "all", { mtls: { mode: "STRICT" } }),
            );
            const near = objectOf("demo", "near", { host: "*.local", trafficPolicy: { tls: { mode: "DISABLE" } } });
            const far = objectOf("istio-system", "far", { host: HOST, trafficPolicy: { tls: { mode: "SIMPLE" } } });
            put(patient.discovery, "destinationRules", far, near);
        });
        assert.equal(resource, "DestinationRule demo/near");
    });

    it("is explained by a rule that selects the source's workload, before a rule for all of them", () => {
        const selecting = (labels: object, mode: string): object => ({
            ...{ host: HOST, trafficPolicy: { tls: { mode } } },
            ...(Object.keys(labels).length > 0 && { workloadSelector: { matchLabels: labels } }),
        });
        const { resource } = failed("UF,URX", (patient) => {
            put(
                patient.discovery,
                "destinationRules",
                objectOf("demo", "all", { ...selecting({}, "ISTIO_MUTUAL") }),
                objectOf("demo", "others", { ...selecting({ app: "other" }, "MUTUAL") }),
                objectOf("demo", "frontends", { ...selecting({ app: "frontend" }, "SIMPLE") }),
            );
        });
        assert.equal(resource, "DestinationRule demo/frontends");
    });

    it("went with TLS of another kind, also by the settings of its port", () => {
        const tls = { portLevelSettings: [{ port: { number: 80 }, tls: { mode: "SIMPLE" } }] };
        const { got, commands } = failed("UF,URX", (patient) => {
            put(patient.discovery, "destinationRules", rule({ trafficPolicy: tls }));
        });
        assert.match(got, /tls mode SIMPLE/);
        assert.match(commands.join(), /portLevelSettings\/0\/tls/);
    });

    it("went to a port of the pods that they do not declare", () => {
        const { resource, got, commands } = failed("UF", (patient) => {
            const service = patient.services.find(({ metadata }) => metadata.name === "backend");
            Object.assign(service?.spec?.ports?.[0] ?? {}, { targetPort: 9999 });
        });
        assert.equal(resource, "Service demo/backend");
        assert.match(got, /targetPort 9999 of port 80, but its pods declare 8080$/);
        assert.match(commands.join(), /"path":"\/spec\/ports\/0\/targetPort","value":8080/);
    });

    it("went encrypted past the sidecar of a target, by its annotations", () => {
        const name = "traffic.sidecar.istio.io/";
        const cases = { excludeInboundPorts: "9090, 8080", includeInboundPorts: "9090" };
        for (const [annotation, ports] of Object.entries(cases)) {
            const { resource, got, commands } = failed("URX,UF", ({ backend }) => {
                backend.metadata.annotations = { ...backend.metadata.annotations, [name + annotation]: ports };
            });
            assert.equal(resource, "Pod demo/backend-7f9-abc");
            assert.ok(got.includes(`${annotation}: "${ports}" make port 8080 bypass its sidecar`), got);
            assert.match(commands.join(), new RegExp(`^kubectl patch deployment backend .*${annotation}":null`));
        }
        const { cure } = failed("URX,UF", ({ backend }) => {
            backend.metadata.annotations = {
                [`${name}excludeInboundPorts`]: "9090",
                [`${name}includeInboundPorts`]: "*",
            };
        });
        assert.match(cure, /^First correct the routing to the application/);
    });

    it("went as HTTP/2 to an application of HTTP/1.1, by the mark of the port", () => {
        for (const mark of [{ appProtocol: "kubernetes.io/h2c" }, { name: "http2-web" }, { name: "grpc" }]) {
            const { resource, got, commands } = failed("UPE", (patient) => {
                const service = patient.services.find(({ metadata }) => metadata.name === "backend");
                Object.assign(service?.spec?.ports?.[0] ?? {}, mark);
            });
            assert.equal(resource, "Service demo/backend");
            assert.match(
                got,
                /: port 80 \(name .*\), for which sidecars use HTTP\/2, but the application does not answer/,
            );
            assert.match(commands.join(), /"path":"\/spec\/ports\/0\/appProtocol","value":"http"/);
        }
        const { cure } = failed("UF", (patient) => {
            const service = patient.services.find(({ metadata }) => metadata.name === "backend");
            Object.assign(service?.spec?.ports?.[0] ?? {}, { appProtocol: "grpc" });
        });
        assert.match(cure, /^First correct the routing to the application/);
    });

    it("used up the time that a route gives it", () => {
        const { resource, got } = failed("UT", (patient) => {
            route(patient, { timeout: "0.001s", route: [{ destination: { host: "backend" } }] });
        });
        assert.equal(resource, "VirtualService demo/split");
        assert.match(got, /timeout 0\.001s, which ends before an answer arrives$/);
    });
});
