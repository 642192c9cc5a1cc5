import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";
import { block, refusalOf, startedWith } from "../../remediation/scenarioParts";

const UNKNOWN = "Not supported field in StreamInfo: NO_SUCH";
const HEADER =
    "Proto constraint validation failed (HttpConnectionManagerValidationError.Tracing: embedded message failed validation | caused by " +
    "TracingValidationError.CustomTags: embedded message failed validation | caused by CustomTagValidationError.RequestHeader: embedded " +
    'message failed validation | caused by HeaderValidationError.Name: value does not match regex pattern "^[^\\u0000\\n\\r]*$")';

function rejects(patient: Patient, details: string, customTags?: object): void {
    if (customTags !== undefined) block(patient, { customTags });
    patient.rejected = [refusalOf(details)];
}

describe("a text that Envoy rejects", () => {
    it("is named with its Telemetry and its tag, among others that are fine", () => {
        const customTags = {
            zone: { header: { name: "x-zone" } },
            route: { formatter: { value: "%REQ(:PATH)%" } },
            "team/a": { formatter: { value: "t-%NO_SUCH%" } },
        };
        const diagnosis = diagnosisOf((patient) => {
            rejects(patient, UNKNOWN, customTags);
        });
        assert.deepEqual(foundIn(diagnosis), ["sidecar: custom-tag-refused"]);
        const { resource, got, commands } = findingOf(diagnosis, "custom-tag-refused");
        assert.equal(resource, "Telemetry istio-system/mesh-default");
        assert.match(
            got,
            /^the custom tag team\/a \("t-%NO_SUCH%"\), a formatter with a command .*; Envoy says of 0\.0\.0\.0_80: /,
        );
        assert.match(commands[0] ?? "", /"op":"remove","path":"\/spec\/tracing\/0\/customTags\/team~1a"/);
    });

    it("is named if it is the name of a header, also beside an EnvoyFilter that patches the listener", () => {
        const found = findingOf(
            diagnosisOf((patient) => {
                const tags = { good: { header: { name: "x-a" } }, bad: { header: { name: "x-b\nx-c" } } };
                rejects(patient, HEADER, tags);
                const configPatches = [{ applyTo: "HTTP_FILTER", patch: { operation: "INSERT_BEFORE", value: {} } }];
                put(patient.discovery, "envoyFilters", objectOf("demo", "lua", { configPatches }));
            }),
            "custom-tag-refused",
        );
        assert.match(found.got, /^the custom tag bad \("x-b\\nx-c"\), a header name with a character/);
    });

    it("is found in the reason, not in the rejected configuration, with the collector's cluster, around it", () => {
        const configuration =
            'goo.gle/debugstr\nstat_prefix: "x"\ntracing { custom_tags { tag: "bad" } provider { typed_config { grpc_service { envoy_grpc { ' +
            'cluster_name: "outbound|4317||jaeger-collector.istio-system.svc.cluster.local" } } } } }\n';
        for (const details of [`${configuration}: ${HEADER}`, `${HEADER}: ${configuration}`]) {
            const { resource, got } = findingOf(
                diagnosisOf((patient) => {
                    rejects(patient, details, { bad: { header: { name: "x b" } } });
                }),
                "custom-tag-refused",
            );
            assert.equal(resource, "Telemetry istio-system/mesh-default");
            assert.match(got, /Envoy says of 0\.0\.0\.0_80: Proto constraint validation failed \(.*\)$/);
        }
    });

    it("is named if the tag stands in the annotation of a pod", () => {
        const { resource, steps } = findingOf(
            diagnosisOf((patient) => {
                const customTags = { team: { header: { name: "x b" } } };
                startedWith(patient.frontend, { tracing: { customTags } });
                rejects(patient, HEADER);
            }),
            "custom-tag-refused",
        );
        assert.equal(resource, "Pod demo/frontend-7f9-abc");
        assert.equal(steps[0]?.verb, "merge");
    });

    it("is named if it is an access log format of the mesh or of a provider", () => {
        const of = (config: object): string => {
            const { resource, got } = findingOf(
                diagnosisOf((patient) => {
                    Object.assign(patient.mesh.config, config);
                    rejects(patient, UNKNOWN);
                }),
                "proxy-rejects-config",
            );
            return `${resource}: ${got}`;
        };
        assert.match(
            of({ accessLogFormat: "%NO_SUCH%" }),
            /^ConfigMap istio-system\/istio: accessLogFormat has a command/,
        );
        const provider = {
            name: "logs",
            envoyFileAccessLog: { logFormat: { labels: { a: "%PROTOCOL%", b: "%NO_SUCH%" } } },
        };
        const extensionProviders = [
            {
                name: "jaeger",
                opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
            },
            provider,
        ];
        assert.match(of({ extensionProviders }), /: logFormat of the provider logs has a command/);
    });

    it("is not looked for in tags and formats that have nothing to do with the message", () => {
        const { resource, cure } = findingOf(
            diagnosisOf((patient) => {
                Object.assign(patient.mesh.config, { accessLogFormat: "" });
                rejects(patient, "missing TLS certificate", { team: { literal: { value: "x" } } });
            }),
            "proxy-rejects-config",
        );
        assert.equal(resource, "Pod demo/frontend-7f9-abc");
        assert.match(cure, /^No provider, Telemetry or EnvoyFilter that the doctor reads explains this\./);
    });

    it("never fails on tags of any shape", () => {
        for (const tag of [null, 5, "x", [], {}, { formatter: "x" }, { header: { name: 5 } }])
            assert.ok(
                foundIn(
                    diagnosisOf((patient) => {
                        rejects(patient, HEADER, { odd: tag });
                    }),
                ).includes("sidecar: custom-tag-refused"),
            );
    });
});
