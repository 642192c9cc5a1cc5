import { apply, changeMesh, describeFaults, editMeshText, patch, type Fault } from "./faults";
import { kubectl } from "../support/sharedLab";

const TELEMETRY = "telemetry/mesh-default";
const SYSTEM = "istio-system";

describeFaults("what the sidecars were told", [
    {
        what: "a provider that no Telemetry uses",
        inject: (lab) => {
            kubectl(lab, "delete", TELEMETRY, "-n", SYSTEM);
        },
        id: "telemetry-in-root-namespace",
        segment: "sidecar",
        got: /^no Telemetry with tracing$/,
    },
    {
        what: "a Telemetry with the name of another provider",
        inject: (lab) => {
            patch(lab, SYSTEM, TELEMETRY, { op: "replace", path: "/spec/tracing/0/providers/0/name", value: "jaeger" });
        },
        id: "telemetry-provider-exists",
        segment: "sidecar",
        got: /^"jaeger"$/,
        full: true,
    },
    {
        what: "a Telemetry with the label of a revision tag, which no control plane reads",
        inject: (lab) => {
            kubectl(lab, "label", TELEMETRY, "-n", SYSTEM, "istio.io/rev=canary");
        },
        id: "telemetry-revision",
        segment: "sidecar",
        got: /^istio\.io\/rev: canary, .* the control plane default ignores it/,
    },
    {
        what: "a Telemetry that names a provider for access logs",
        inject: (lab) => {
            patch(lab, SYSTEM, TELEMETRY, { op: "replace", path: "/spec/tracing/0/providers/0/name", value: "envoy" });
        },
        id: "provider-takes-no-traces",
        segment: "sidecar",
        got: /^"envoy" of the kind envoyFileAccessLog/,
    },
    {
        what: "a tab in the mesh configuration, of which istiod keeps the former",
        inject: (lab) => {
            editMeshText(lab, (text) => `${text.trimEnd()}\n\tenableTracing: true\n`);
        },
        id: "mesh-config-refused",
        segment: "sidecar",
        got: /^line \d+, column 1: a tab .* uses the last one that it accepted, with the tracing providers tracing \(/,
        mend: (lab) => {
            editMeshText(lab, (text) => text.replace("\n\tenableTracing: true\n", "\n"));
        },
    },
    {
        what: "a collector by a short name",
        inject: (lab) => {
            changeMesh(lab, "service", "jaeger-collector");
        },
        id: "provider-host-unknown",
        segment: "sidecar",
        got: /^jaeger-collector, which is not in istiod's registry$/,
    },
    {
        what: "a Service port that is taken for TCP",
        inject: (lab) => {
            patch(lab, "demo", "service/backend", { op: "replace", path: "/spec/ports/0/appProtocol", value: "tcp" });
        },
        id: "service-port-protocol",
        segment: "sidecar",
        got: /appProtocol tcp: sidecars treat it as TCP/,
        // A path that nobody named does not lead to such a port.
        options: { from: "deploy/frontend", namespace: "demo", to: "http://backend" },
    },
    {
        what: "a Sidecar resource that makes the target's port TCP",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "Sidecar",
                metadata: { name: "backend", namespace: "demo" },
                spec: {
                    workloadSelector: { labels: { app: "backend" } },
                    ingress: [
                        {
                            port: { number: 5678, protocol: "TCP", name: "own" },
                            defaultEndpoint: "127.0.0.1:5678",
                        },
                    ],
                },
            });
        },
        id: "service-port-protocol",
        segment: "sidecar",
        got: /^spec\.ingress\[0\]\.port\.protocol is TCP/,
        options: { from: "deploy/frontend", namespace: "demo", to: "http://backend" },
        full: true,
    },
    ...[
        { what: "the target's port", hosts: ["./backend.demo.svc.cluster.local"] },
        { what: "the port of every host", hosts: ["./*"] },
    ].map(({ what, hosts }): Fault => ({
        what: `a Sidecar resource that makes ${what} TCP for requests that leave`,
        inject: (lab) => {
            const port = { number: 80, protocol: "TCP", name: "tcp" };
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "Sidecar",
                metadata: { name: "frontend", namespace: "demo" },
                spec: {
                    workloadSelector: { labels: { app: "frontend" } },
                    egress: [{ port, hosts }, { hosts: ["*/*"] }],
                },
            });
        },
        id: "service-port-protocol",
        segment: "sidecar",
        got: /^spec\.egress\[0\]\.port\.protocol is TCP/,
        options: { from: "deploy/frontend", namespace: "demo", to: "http://backend" },
        full: true,
    })),
    {
        what: "a Telemetry in a namespace other than the root",
        inject: (lab) => {
            kubectl(lab, "delete", TELEMETRY, "-n", SYSTEM);
            apply(lab, {
                apiVersion: "telemetry.istio.io/v1",
                kind: "Telemetry",
                metadata: { name: "mesh-default", namespace: "default" },
                spec: { tracing: [{ providers: [{ name: "tracing" }], randomSamplingPercentage: 100 }] },
            });
        },
        id: "telemetry-in-root-namespace",
        segment: "sidecar",
        got: /^Telemetry default\/mesh-default$/,
        cleanUp: (lab) => {
            kubectl(lab, "delete", TELEMETRY, "-n", "default");
        },
        full: true,
    },
    {
        what: "a Telemetry that switches reporting off",
        inject: (lab) => {
            patch(lab, SYSTEM, TELEMETRY, { op: "replace", path: "/spec/tracing/0/disableSpanReporting", value: true });
        },
        id: "reporting-disabled",
        segment: "sidecar",
        got: /Telemetry istio-system\/mesh-default, disableSpanReporting$/,
        full: true,
    },
    {
        what: "a Telemetry with a custom tag that Envoy refuses",
        inject: (lab) => {
            const customTags = { team: { formatter: { value: "%NO_SUCH_COMMAND%" } } };
            patch(lab, SYSTEM, TELEMETRY, { op: "add", path: "/spec/tracing/0/customTags", value: customTags });
        },
        id: "custom-tag-refused",
        segment: "sidecar",
        got: /^the custom tag team \("%NO_SUCH_COMMAND%"\), a formatter with a command that Envoy does not know/,
        full: true,
    },
    {
        what: "a Telemetry with a tag of a header whose name no header may have",
        inject: (lab) => {
            const customTags = { zone: { literal: { value: "a" } }, team: { header: { name: "x-team\nx-zone" } } };
            patch(lab, SYSTEM, TELEMETRY, { op: "add", path: "/spec/tracing/0/customTags", value: customTags });
        },
        id: "custom-tag-refused",
        segment: "sidecar",
        got: /^the custom tag team \("x-team\\nx-zone"\), a header name with a character that is not allowed/,
        full: true,
    },
    {
        what: "an access log format with a command that Envoy does not know",
        inject: (lab) => {
            changeMesh(lab, "accessLogFormat", "%NO_SUCH_COMMAND% %TRACE_ID%\n");
        },
        id: "proxy-rejects-config",
        segment: "sidecar",
        got: /^accessLogFormat has a command that Envoy does not know or cannot read/,
        mend: (lab) => {
            changeMesh(lab, "accessLogFormat", "%TRACE_ID%\n");
        },
        full: true,
    },
    {
        what: "an access log that knows B3 headers alone",
        inject: (lab) => {
            changeMesh(lab, "accessLogFormat", "%REQ(X-B3-TRACEID)%\n");
        },
        id: "access-log-trace-id",
        segment: "sidecar",
        got: /^only B3 headers/,
        full: true,
    },
    {
        what: "OTLP over HTTP without a timeout, which Envoy refuses",
        inject: (lab) => {
            changeMesh(lab, "opentelemetry", {
                service: "jaeger-collector.istio-system.svc.cluster.local",
                port: 4318,
                http: { path: "/v1/traces" },
            });
        },
        id: "otlp-http-complete",
        segment: "sidecar",
        got: /^no timeout$/,
        full: true,
    },
    {
        what: "a sidecar that started with another proxy configuration",
        inject: (lab) => {
            changeMesh(lab, "defaultConfig", { tracing: { max_path_tag_length: 64 } });
        },
        id: "sidecar-outdated",
        segment: "sidecar",
        got: /^a sidecar that started with /,
        full: true,
    },
]);
