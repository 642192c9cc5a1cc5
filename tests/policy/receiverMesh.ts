import { indent, judgeTexts, meshConfigMap, PROVIDER, TELEMETRY } from "./judged";

export const HOST = "spans.observability.svc.cluster.local";

/** How a collector is deployed, and what its configuration says of its receiver of OTLP over gRPC. */
export interface Collector {
    receiver: string;
    image?: string;
    container?: string;
    targetPort?: number | string;
    more?: string;
    args?: string[];
    pipelines?: string;
    families?: string;
}

/** Rules of a mesh whose provider leads to a collector with this receiver, and the findings on receivers. */
export function judge({
    receiver,
    image = "otel/opentelemetry-collector:0.130.0",
    container = "",
    targetPort = 4317,
    more = "",
    args = ["--config=/etc/c.yaml"],
    pipelines = "traces: { receivers: [otlp], exporters: [debug] }",
    families = "",
}: Collector): ReturnType<typeof judgeTexts> {
    const config = `receivers: { otlp: { protocols: { grpc: ${receiver} } } }\nexporters: { debug: {} }\nservice: { pipelines: { ${pipelines} } }\n`;
    const apps = `apiVersion: v1
kind: ConfigMap
metadata: { name: collector, namespace: observability }
data:
  config.yaml: |
${indent(receiver === "none" ? "a: file\n" : config, 4)}---
apiVersion: v1
kind: Service
metadata: { name: spans, namespace: observability }
spec: { ${families}selector: { app: spans }, ports: [{ name: grpc-otlp, port: 4317, targetPort: ${String(targetPort)} }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: spans, namespace: observability }
spec:
  template:
    metadata: { labels: { app: spans } }
    spec:
      containers: [{ name: collector, image: "${image}", args: ${JSON.stringify(args)}, ports: [{ name: otlp, containerPort: 4317 }]${container} }]
      volumes: [{ name: config, configMap: { name: collector } }]
`;
    const files = { "mesh.yaml": `${meshConfigMap(PROVIDER)}---\n${TELEMETRY}`, "apps.yaml": `${apps}${more}` };
    return judgeTexts(files, ["resources-set", "restricted-security-context", "jaeger-storage-durable"]);
}

/** A DestinationRule for the collector. */
export const rule = (mode: string): string =>
    `---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: spans, namespace: observability }\nspec: { host: ${HOST}, trafficPolicy: { tls: { mode: ${mode} } } }\n`;
