import { apply, changeMesh, describeFaults, patch } from "./faults";
import { kubectl } from "../support/sharedLab";

const COLLECTOR = "service/jaeger-collector";
const SYSTEM = "istio-system";

describeFaults("the export of spans", [
    {
        what: "a collector port without a gRPC mark",
        inject: (lab) => {
            patch(
                lab,
                SYSTEM,
                COLLECTOR,
                { op: "remove", path: "/spec/ports/0/appProtocol" },
                { op: "replace", path: "/spec/ports/0/name", value: "otlp" },
            );
        },
        id: "collector-port-grpc",
        segment: "export",
        got: /^4317 \(name otlp\)$/,
    },
    {
        what: "a provider with a port that the collector does not have",
        inject: (lab) => {
            changeMesh(lab, "port", 4327);
        },
        id: "collector-port-exists",
        segment: "export",
        got: /^ports 4317 .*4318 /,
        full: true,
    },
    {
        what: "a Jaeger that is scaled to nothing",
        inject: (lab) => {
            kubectl(lab, "scale", "deployment/jaeger", "-n", SYSTEM, "--replicas=0");
            kubectl(lab, "wait", "--for=delete", "pod", "-n", SYSTEM, "-l", "app=jaeger", "--timeout=60s");
        },
        id: "collector-endpoints-ready",
        segment: "export",
        got: /^none$/,
    },
    {
        what: "a DestinationRule that forces mTLS on a collector without a sidecar",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "DestinationRule",
                metadata: { name: "mtls", namespace: SYSTEM },
                spec: { host: "*.local", trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } },
            });
        },
        id: "collector-mtls",
        segment: "export",
        got: /^mode ISTIO_MUTUAL for \*\.local$/,
        cleanUp: (lab) => {
            kubectl(lab, "delete", "destinationrules", "--all", "-n", SYSTEM);
        },
    },
    {
        what: "a collector Service whose selector fits nothing",
        inject: (lab) => {
            patch(lab, SYSTEM, COLLECTOR, { op: "replace", path: "/spec/selector", value: { app: "jager" } });
        },
        id: "collector-endpoints-ready",
        segment: "export",
        got: /^none$/,
        full: true,
    },
    {
        what: "OTLP over HTTP without a path",
        inject: (lab) => {
            const service = "jaeger-collector.istio-system.svc.cluster.local";
            changeMesh(lab, "opentelemetry", { service, port: 4318, http: { timeout: "3s" } });
        },
        id: "otlp-http-complete",
        segment: "export",
        got: /^no path$/,
    },
    {
        what: "a targetPort on which nothing listens",
        inject: (lab) => {
            patch(lab, SYSTEM, COLLECTOR, { op: "replace", path: "/spec/ports/0/targetPort", value: 14317 });
        },
        id: "collector-target-port",
        segment: "export",
        got: /^14317, on which no container listens$/,
        full: true,
    },
    {
        what: "a provider that sends OTLP over gRPC to the port for HTTP",
        inject: (lab) => {
            changeMesh(lab, "port", 4318);
        },
        id: "collector-port-protocol",
        segment: "export",
        got: /^port 4318 .*, which accepts otlp-http according to its pods' answers$/,
    },
    {
        what: "a headless Service of the collector",
        inject: (lab) => {
            const service = JSON.parse(kubectl(lab, "get", COLLECTOR, "-n", SYSTEM, "-o", "json")) as {
                spec: { selector: object; ports: object[] };
            };
            const { selector, ports } = service.spec;
            kubectl(lab, "delete", COLLECTOR, "-n", SYSTEM);
            apply(lab, {
                apiVersion: "v1",
                kind: "Service",
                metadata: { name: "jaeger-collector", namespace: SYSTEM },
                spec: { clusterIP: "None", selector, ports },
            });
        },
        id: "collector-headless",
        segment: "export",
        got: /^a headless Service/,
        full: true,
    },
    {
        what: "an alias of the collector's Service",
        inject: (lab) => {
            const externalName = "jaeger-collector.istio-system.svc.cluster.local";
            apply(lab, {
                apiVersion: "v1",
                kind: "Service",
                metadata: { name: "alias", namespace: SYSTEM },
                spec: { type: "ExternalName", externalName, ports: [{ name: "grpc-otlp", port: 4317 }] },
            });
            changeMesh(lab, "service", "alias.istio-system.svc.cluster.local");
        },
        id: "collector-external-name",
        segment: "export",
        got: /^an alias of jaeger-collector\.istio-system\.svc\.cluster\.local; /,
        full: true,
    },
    {
        what: "a pod behind the collector's Service that is no collector",
        inject: (lab) => {
            patch(lab, SYSTEM, COLLECTOR, { op: "replace", path: "/spec/ports/0/targetPort", value: 4317 });
            const labels = { app: "jaeger", "sidecar.istio.io/inject": "false" };
            const container = {
                ...{ name: "echo", image: "docker.io/hashicorp/http-echo:1.0.0", imagePullPolicy: "IfNotPresent" },
                args: ["-listen=:4317", "-text=no spans here"],
                ports: [{ containerPort: 4317 }],
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            };
            const securityContext = {
                runAsNonRoot: true,
                runAsUser: 65532,
                seccompProfile: { type: "RuntimeDefault" },
            };
            apply(lab, {
                apiVersion: "v1",
                kind: "Pod",
                metadata: { name: "foreign", namespace: SYSTEM, labels },
                spec: { automountServiceAccountToken: false, securityContext, containers: [container] },
            });
            kubectl(lab, "wait", "pod/foreign", "-n", SYSTEM, "--for=condition=Ready", "--timeout=60s");
        },
        id: "collector-pod-foreign",
        segment: "export",
        got: /^of 2 ready pods, istio-system\/foreign is not a collector \(it uses HTTP but accepts no spans at 4317\); /,
        cleanUp: (lab) => {
            kubectl(lab, "delete", "pod/foreign", "-n", SYSTEM, "--now");
        },
    },
]);
