/** Every chart and image that the program pins, each with its upstream. `npm run preflight` and the settings use these as defaults. */

/** Istio: https://istio.io/latest/news/releases/1.31.x/ */
export const ISTIO_VERSION = "1.31.1";

/** The release line that the project's tests cover. Others are allowed with a warning. */
export const PROVEN_ISTIO_LINE = "1.31";

/**
 * Istio's Helm repository. The older storage.googleapis.com address has no 1.31 charts and closes in December 2026:
 * https://istio.io/latest/news/releases/1.31.x/announcing-1.31/upgrade-notes/
 */
export const ISTIO_CHART_SOURCE = "https://blob.istio.io/istio-release/charts";

/** Registry and folder of the images `pilot` and `proxyv2`: https://hub.docker.com/u/istio */
export const ISTIO_HUB = "docker.io/istio";

/** Jaeger v2, one binary for collector, storage and query: https://hub.docker.com/r/jaegertracing/jaeger */
export const JAEGER_IMAGE = "docker.io/jaegertracing/jaeger:2.13.0";

/**
 * Deletes old indices of Jaeger, only if `jaeger.storage.retentionHours` is set for Elasticsearch or OpenSearch:
 * https://hub.docker.com/r/jaegertracing/jaeger-es-index-cleaner
 */
export const INDEX_CLEANER_IMAGE = "docker.io/jaegertracing/jaeger-es-index-cleaner:2.13.0";

/** The Jaeger release line that the project's tests cover. */
export const PROVEN_JAEGER_LINE = "2.13";

/** Prometheus, which is deployed only if `metrics.deployPrometheus` is true: https://hub.docker.com/r/prom/prometheus */
export const PROMETHEUS_IMAGE = "docker.io/prom/prometheus:v3.5.0";

/**
 * OpenTelemetry Collector, the distribution for Kubernetes, which is deployed only if `collectorTier.enabled` is true:
 * https://hub.docker.com/r/otel/opentelemetry-collector-k8s
 */
export const COLLECTOR_IMAGE = "docker.io/otel/opentelemetry-collector-k8s:0.161.0";

/** The Collector release line that the project's tests cover. */
export const PROVEN_COLLECTOR_LINE = "0.161";

/** The demo's frontend: https://hub.docker.com/r/curlimages/curl */
export const FRONTEND_IMAGE = "docker.io/curlimages/curl:8.16.0";

/** The demo's backend: https://hub.docker.com/r/hashicorp/http-echo */
export const BACKEND_IMAGE = "docker.io/hashicorp/http-echo:1.0.0";

/**
 * cert-manager, which is installed only if `ui.tls.certManager` is `install`: https://cert-manager.io/docs/releases/
 */
export const CERT_MANAGER_VERSION = "v1.19.4";

/** cert-manager's Helm repository: https://cert-manager.io/docs/installation/helm/ */
export const CERT_MANAGER_CHART_SOURCE = "https://charts.jetstack.io";

/** The default ACME authority, Let's Encrypt: https://letsencrypt.org/docs/acme-protocol-updates/ */
export const ACME_SERVER = "https://acme-v02.api.letsencrypt.org/directory";
