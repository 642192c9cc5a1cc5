/** Istio's version: the tag of its images, and the version in its charts and binaries. */
export const ISTIO_VERSION = "1.31.1";

/** Registry and folder of Istio's images, without the image's name. */
export const ISTIO_HUB = "docker.io/istio";

/** Names of the lab's images: those in the public registries, because the program uses them unchanged. */
export const IMAGE_NAMES = {
    pilot: `${ISTIO_HUB}/pilot:${ISTIO_VERSION}`,
    proxyv2: `${ISTIO_HUB}/proxyv2:${ISTIO_VERSION}`,
    jaeger: "docker.io/jaegertracing/jaeger:2.13.0",
    curl: "docker.io/curlimages/curl:8.16.0",
    httpEcho: "docker.io/hashicorp/http-echo:1.0.0",
    pause: "registry.k8s.io/pause:3.10",
    coredns: "registry.k8s.io/coredns/coredns:v1.14.5",
} as const;

/** The image of Istio's CNI agent, which only stacks with `istio.cni` need. */
export const CNI_IMAGE = `${ISTIO_HUB}/install-cni:${ISTIO_VERSION}`;

/** The image of Prometheus, which only stacks with `metrics.deployPrometheus` need. */
export const PROMETHEUS_IMAGE = "docker.io/prom/prometheus:v3.5.0";

/** The image of the OpenTelemetry Collector, which only stacks with a Collector tier need. */
export const COLLECTOR_IMAGE = "docker.io/otel/opentelemetry-collector-k8s:0.161.0";

/** The image of the doctor, for stacks that name it in `doctor.image`. Nobody publishes one. */
export const DOCTOR_IMAGE = "istio-tracing.example/tracing-doctor:lab";

/** The image of what deletes old indices of Jaeger, which only stacks with a retention for a search engine need. */
export const INDEX_CLEANER_IMAGE = "docker.io/jaegertracing/jaeger-es-index-cleaner:2.13.0";

/** The image of metrics-server, which only tests of autoscalers need. */
export const METRICS_SERVER_IMAGE = "registry.k8s.io/metrics-server/metrics-server:v0.8.0";

/** Role of an image in the lab. */
export type ImageRole = keyof typeof IMAGE_NAMES;

/** The tag of an image name. Every name of the table has one. */
export function tagOf(name: string): string {
    const colon = name.lastIndexOf(":");
    if (colon <= name.lastIndexOf("/")) {
        throw new Error(`Image ${name} has no tag. Give it one in lab/images/names.ts.`);
    }
    return name.slice(colon + 1);
}
