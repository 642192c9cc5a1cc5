import { HOST, objectOf, put } from "../patient";
import { untraced, named, port, block, live, refusalOf, startedWith, type Scenario } from "./scenarioParts";

/** Faults of what istiod and the sidecars were told. */
export const TELEMETRY_SCENARIOS: Scenario[] = [
    {
        id: "custom-tag-refused",
        harm: (patient) => {
            block(patient, { customTags: { team: { formatter: { value: "%NO_SUCH%" } } } });
            patient.rejected = [refusalOf("Not supported field in StreamInfo: NO_SUCH")];
        },
    },
    {
        id: "sampling-overridden",
        harm: (patient) => {
            startedWith(patient.frontend, { runtimeValues: { "tracing.random_sampling": "5" } });
        },
    },
    {
        id: "sampling-overridden",
        what: "by the mesh configuration",
        harm: (patient) => {
            const defaultConfig = { runtimeValues: { "tracing.random_sampling": "5" } };
            for (const one of [patient.frontend, patient.backend]) startedWith(one, defaultConfig, false);
            Object.assign(patient.mesh.config, { defaultConfig });
        },
    },
    {
        id: "sampling-capped",
        what: "by the runtime",
        harm: (patient) => {
            startedWith(patient.frontend, { runtimeValues: { "tracing.global_enabled": "5" } });
        },
    },
    {
        id: "runtime-value-unused",
        harm: (patient) => {
            startedWith(patient.frontend, { runtimeValues: { "tracing.client_sampling": "5" } });
        },
    },
    {
        id: "request-id-disabled",
        harm: (patient) => {
            startedWith(patient.frontend, { proxyHeaders: { requestId: { disabled: true } } });
            patient.outbound = patient.outbound.map((chain) => ({ ...chain, generatesRequestIds: false }));
        },
    },
    {
        id: "provider-host-unknown",
        what: "by a short name",
        harm: (patient) => {
            named("jaeger-collector")(patient);
            port(patient, { name: "otlp", appProtocol: undefined });
        },
    },
    {
        id: "provider-host-unknown",
        what: "by an address, beside a ServiceEntry of the same name",
        harm: (patient) => {
            named("192.0.2.7")(patient);
            put(
                patient.discovery,
                "serviceEntries",
                objectOf("istio-system", "outside-collector", { hosts: ["other.example"] }),
            );
        },
    },
    {
        id: "provider-host-unknown",
        what: "by a ServiceEntry of a team for the same host",
        harm: (patient) => {
            untraced(patient);
            put(patient.discovery, "serviceEntries", objectOf("demo", "double", { hosts: [HOST] }));
        },
    },
    {
        id: "provider-host-unknown",
        what: "by discoverySelectors",
        harm: (patient) => {
            untraced(patient);
            Object.assign(patient.mesh.config, { discoverySelectors: [{ matchLabels: { mesh: "yes" } }] });
            put(patient.discovery, "namespaces", { metadata: { name: "istio-system", labels: {} } });
        },
    },
    {
        id: "provider-host-unknown",
        what: "by discoverySelectors for namespaces with injection",
        harm: (patient) => {
            untraced(patient);
            const discoverySelectors = [{ matchLabels: { "istio-injection": "enabled" } }];
            Object.assign(patient.mesh.config, { discoverySelectors });
            put(patient.discovery, "namespaces", { metadata: { name: "istio-system", labels: {} } });
        },
    },
    {
        id: "telemetry-in-root-namespace",
        what: "without any",
        harm: (patient) => {
            untraced(patient);
            put(patient.discovery, "telemetries");
        },
    },
    {
        id: "telemetry-in-root-namespace",
        what: "with one of a single side without a provider",
        harm: (patient) => {
            untraced(patient);
            block(patient, { match: { mode: "CLIENT" }, providers: undefined, randomSamplingPercentage: undefined });
        },
    },
    {
        id: "telemetry-one-side",
        harm: (patient) => {
            block(patient, { match: { mode: "CLIENT" } });
            patient.spans = "none";
            patient.inbound = patient.inbound.map((chain) => ({ ...chain, tracing: undefined }));
        },
    },
    {
        id: "telemetry-revision",
        harm: (patient) => {
            untraced(patient);
            const labels = { "istio.io/rev": "nobody" };
            const labelled = { ...patient.telemetry, metadata: { ...patient.telemetry.metadata, labels } };
            patient.evidence.cluster = { ...patient.discovery, telemetries: { value: [labelled] } };
            put(patient.discovery, "telemetries");
        },
    },
    {
        id: "telemetry-provider-exists",
        harm: (patient) => {
            untraced(patient);
            block(patient, { providers: [{ name: "jager" }] });
        },
    },
    {
        id: "reporting-disabled",
        harm: (patient) => {
            untraced(patient);
            block(patient, { disableSpanReporting: true });
        },
    },
    {
        id: "sampling-default",
        harm: (patient) => {
            block(patient, { randomSamplingPercentage: undefined });
            live(patient, 1);
        },
    },
    {
        id: "sampling-out-of-range",
        harm: (patient) => {
            block(patient, { randomSamplingPercentage: undefined });
            patient.mesh.pilotTraceSampling = 150;
            live(patient, 1);
        },
    },
    {
        id: "sampling-not-drawn",
        harm: (patient) => {
            block(patient, { randomSamplingPercentage: 25, useRequestIdForTraceSampling: false });
            live(patient, 25);
        },
    },
    {
        id: "request-id-undrawable",
        harm: (patient) => {
            patient.evidence.requestIds = { others: ["order-1"], shapes: [{ shape: "text", sent: 2, recorded: 0 }] };
        },
    },
    {
        id: "trace-broken",
        harm: (patient) => {
            block(patient, { disableContextPropagation: true });
            patient.evidence.orphaned = true;
        },
    },
    {
        id: "access-log-trace-id",
        harm: (patient) => {
            Object.assign(patient.mesh.config, {
                accessLogFile: "/dev/stdout",
                accessLogFormat: "%REQ(X-B3-TRACEID)%",
            });
        },
    },
    {
        id: "sampling-placed",
        harm: (patient) => {
            Object.assign(patient.mesh.config, { defaultConfig: { sampling: 50 } });
        },
    },
];
