/** A stack with further settings, by path, of which only what differs from the stack's own record is recorded. */
export interface Variant {
    stack: string;
    config: Record<string, string>;
}

const CREDENTIAL = { username: "anna", password: `$2y$10$${"a".repeat(53)}` };

function gateway(values: object, credential: object = CREDENTIAL, more: Record<string, string> = {}): Variant {
    const ui = { mode: "gateway", host: "traces.example.com", ...values };
    return { stack: "ci", config: { ui: JSON.stringify(ui), uiBasicAuth: JSON.stringify(credential), ...more } };
}

/** Folder of the record to what is recorded there. */
export const VARIANTS: Record<string, Variant> = {
    "ui-secret": gateway({ basePath: "/jaeger", tls: { mode: "secret", secretName: "traces-tls" } }),
    "ui-self-signed": gateway({
        tls: { mode: "certManager", certManager: "install", issuer: { type: "selfSigned" } },
    }),
    "ui-ca": gateway({ tls: { mode: "certManager", issuer: { type: "ca", secretName: "company-ca" } } }),
    "ui-acme": gateway({ tls: { mode: "certManager", issuer: { type: "acme", email: "ops@example.com" } } }),
    "ui-external": gateway(
        {
            authentication: "external",
            externalAuthorizer: "oauth2-proxy",
            serviceType: "ClusterIP",
            tls: { mode: "plainHttp" },
        },
        {},
        {
            "istio.values": JSON.stringify({
                meshConfig: {
                    extensionProviders: [
                        {
                            name: "oauth2-proxy",
                            envoyExtAuthzHttp: { service: "oauth2-proxy.auth.svc.cluster.local", port: 4180 },
                        },
                    ],
                },
            }),
        },
    ),
    "jaeger-roles": {
        stack: "ci",
        config: {
            "jaeger.storage": JSON.stringify({
                type: "opensearch",
                serverUrls: ["https://search.example.com:9200"],
                indexPrefix: "prod",
                username: "jaeger",
                tls: { ca: "configmap:search-ca", serverName: "search.internal" },
                retentionHours: 168,
            }),
            "jaeger.roles": JSON.stringify({ collector: { min: 2, max: 6 }, query: { min: 3 } }),
            jaegerStoragePassword: "made-up",
            "metrics.prometheusUrl": "http://prometheus.monitoring:9090",
        },
    },
    "jaeger-lifecycle": {
        stack: "ci",
        config: {
            "jaeger.storage": JSON.stringify({
                type: "elasticsearch",
                serverUrls: ["https://search.example.com:9200"],
                lifecyclePolicy: "jaeger",
            }),
        },
    },
    "jaeger-cassandra": {
        stack: "ci",
        config: {
            "jaeger.storage": JSON.stringify({
                type: "cassandra",
                servers: ["cassandra-0.cassandra.db", "10.1.2.3:9142"],
                datacenter: "dc1",
                username: "jaeger",
                tls: { ca: "configmap:cassandra-ca" },
            }),
            jaegerStoragePassword: "made-up",
        },
    },
    "jaeger-clickhouse": {
        stack: "ci",
        config: {
            "images.jaeger": "docker.io/jaegertracing/jaeger:2.20.0",
            "jaeger.storage": JSON.stringify({
                ...{ type: "clickhouse", servers: ["clickhouse-0.clickhouse.db", "10.1.2.3:9441"] },
                ...{ username: "jaeger", tls: { ca: "configmap:clickhouse-ca" }, retentionHours: 720 },
            }),
            jaegerStoragePassword: "made-up",
            "jaeger.roles": JSON.stringify({ collector: { min: 2, max: 4 }, query: { min: 2, max: 2 } }),
        },
    },
    "jaeger-kafka": {
        stack: "ci",
        config: {
            "jaeger.storage": JSON.stringify({
                ...{ type: "cassandra", servers: ["cassandra-0.cassandra.db"], datacenter: "dc1" },
                ...{ username: "jaeger", tls: { ca: "configmap:cassandra-ca" } },
            }),
            jaegerStoragePassword: "made-up",
            "jaeger.kafka": JSON.stringify({
                ...{ brokers: ["kafka-0.kafka:9093", "kafka-1.kafka:9093"], topic: "jaeger-spans", partitions: 12 },
                ...{ username: "jaeger", tls: { ca: "configmap:kafka-ca", serverName: "kafka.internal" } },
            }),
            jaegerKafkaPassword: "made-up",
            "jaeger.roles": JSON.stringify({ ingester: { min: 2, max: 12 } }),
            "metrics.operator": "jaeger",
        },
    },
    "jaeger-remote": {
        stack: "ci",
        config: {
            "jaeger.storage": JSON.stringify({
                type: "remote",
                endpoint: "storage.example.com:17271",
                tls: { ca: "public" },
            }),
        },
    },
    "mesh-config": {
        stack: "ci",
        config: {
            "istio.values": JSON.stringify({
                global: { platform: "openshift" },
                meshConfig: {
                    accessLogEncoding: "JSON",
                    accessLogFormat: JSON.stringify({ status: "%RESPONSE_CODE%" }),
                    discoverySelectors: [
                        { matchLabels: { "istio-injection": "enabled" } },
                        { matchLabels: { "kubernetes.io/metadata.name": "istio-system" } },
                    ],
                    extensionProviders: [{ name: "metrics", prometheus: {} }],
                    defaultConfig: { proxyStatsMatcher: { inclusionSuffixes: ["upstream_rq_retry"] } },
                },
            }),
        },
    },
    pods: gateway(
        {
            service: {
                annotations: { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" },
                loadBalancerClass: "service.k8s.aws/nlb",
                sourceRanges: ["10.0.0.0/8", "2001:db8::/32"],
            },
            tls: { mode: "certManager", certManager: "install", issuer: { type: "selfSigned" } },
        },
        CREDENTIAL,
        {
            pods: JSON.stringify({
                nodeSelector: { "node.example.com/pool": "mesh" },
                tolerations: [{ key: "dedicated", value: "mesh", effect: "NoSchedule" }],
                imagePullSecrets: ["registry-login"],
                labels: { team: "platform" },
                annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "true" },
                istiod: { priorityClassName: "system-cluster-critical" },
                jaeger: {
                    serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/a" },
                },
            }),
        },
    ),
    metrics: { stack: "ci", config: { "metrics.deployPrometheus": "true" } },
    "metrics-operator": {
        stack: "ci",
        config: {
            metrics: JSON.stringify({
                prometheusUrl: "http://prometheus.monitoring.svc.cluster.local:9090",
                ...{ operator: "mesh", operatorLabels: { release: "prometheus" } },
            }),
        },
    },
    "collector-tier": {
        stack: "ci",
        config: {
            collectorTier: JSON.stringify({
                enabled: true,
                keep: {
                    ...{ slowMs: 1000, slowServices: { "backend.demo": 300 }, restPercent: 1, maxSpansPerSecond: 2000 },
                    always: [{ attribute: "http.method", values: ["DELETE"] }],
                    never: [{ attribute: "guid:x-request-id", values: ["none"] }],
                    policies: [{ name: "many-spans", type: "span_count", span_count: { min_spans: 200 } }],
                },
                backends: {
                    vendor: { address: "otel.example.com:443", protocol: "otlp-http", tls: { ca: "public" } },
                    other: {
                        address: "10.1.2.3:4317",
                        tls: { ca: "configmap:other-ca", serverName: "otel.example.com" },
                    },
                },
                exclude: { healthChecks: true, paths: ["/internal/*"] },
                redact: { user_agent: "delete", "peer.address": "hash" },
                resourceAttributes: { "k8s.cluster.name": "east" },
                maxAttributeLength: 2048,
                expected: { requestsPerSecond: 500 },
            }),
            collectorTierHeaders: '{"vendor":{"authorization":"Bearer made-up"}}',
        },
    },
    "collector-tier-single": {
        stack: "ci",
        config: { collectorTier: '{"enabled":true,"layout":"single"}', ui: '{"jaegerAccess":"mesh"}' },
    },
    doctor: {
        stack: "ci",
        config: { doctor: JSON.stringify({ enabled: true, image: "registry.example.com/tracing-doctor:1" }) },
    },
    "ui-none-mesh": { stack: "ci", config: { ui: '{"jaegerAccess":"mesh"}' } },
};
