import type { Access } from "../../../doctor/connection/access";

const HOST = "jaeger-collector.istio-system.svc.cluster.local";
const CLUSTER = `outbound|4317||${HOST}`;
const PAGE = 500;

/** A mesh that works, with as many pods as are asked for; no cluster has to be that large. */
export interface FakeMesh {
    access: Access;
    /** Every question, in order. */
    asked: string[];
    /** Pods in which a command was run. */
    entered: Set<string>;
}

/** What is unusual about the mesh. */
export interface FakeMeshSpec {
    /** Pods that have nothing to do with the path. */
    bystanders: number;
    /** Pods behind the Service that the probe asks. */
    backends: number;
    /** Number of the backend that answers the probes. */
    answering: number;
    /** Pods behind the collector's Service. */
    collectors?: number;
}

/** A frontend, its backends behind one Service, and a Jaeger that gets every span. */
export function fakeMesh({ bystanders, backends, answering, collectors = 1 }: FakeMeshSpec): FakeMesh {
    const asked: string[] = [];
    const entered = new Set<string>();
    const traceIds: { traceId: string; spanId: string }[] = [];
    let exported = 0;
    let recorded = 0;
    const pods = [
        pod("demo", "frontend", 0),
        ...Array.from({ length: backends }, (_, index) => pod("demo", "backend", index)),
        ...Array.from({ length: collectors }, (_, index) => pod("istio-system", "jaeger", index, false)),
        ...Array.from({ length: bystanders }, (_, index) => pod(`team-${String(index % 20)}`, "bystander", index)),
    ];
    const lists: Record<string, unknown[]> = {
        "/apis/apps/v1/deployments": [{ metadata: { name: "istiod", namespace: "istio-system", labels: {} } }],
        "/api/v1/namespaces": [{ metadata: { name: "demo", labels: { "istio-injection": "enabled" } } }],
        "/api/v1/pods": pods,
        "/api/v1/services": [
            service("demo", "backend", { name: "http", port: 80, targetPort: 8080 }),
            service("istio-system", "jaeger", { name: "grpc-otlp", port: 4317 }, "jaeger-collector"),
            service("istio-system", "jaeger", { name: "http-query", port: 16686 }, "jaeger-query"),
        ],
        "/apis/telemetry.istio.io/v1/telemetries": [
            {
                metadata: { name: "mesh-default", namespace: "istio-system" },
                spec: { tracing: [{ providers: [{ name: "jaeger" }], randomSamplingPercentage: 100 }] },
            },
        ],
    };
    const found = (traceID: string, parent: string): unknown => {
        const names = ["frontend-0.demo", `backend-${String(answering)}.demo`];
        const spans = names.map((name, index) => ({
            ...{ traceID, spanID: `s${String(index)}`, operationName: "/", startTime: 1000 + index, duration: 10 },
            references: [{ refType: "CHILD_OF", spanID: index === 0 ? parent : "s0" }],
            ...{ processID: "p", tags: [{ key: "node_id", value: `sidecar~10.0.0.1~${name}~demo` }] },
        }));
        return { traceID, processes: { p: { serviceName: "frontend.demo" } }, spans };
    };
    const answer = (path: string): unknown => {
        const [plain = "", query = ""] = path.split("?");
        if (plain.endsWith("/configmaps/istio"))
            return { metadata: { name: "istio", namespace: "istio-system" }, data: { mesh: MESH } };
        if (plain.includes("/configmaps/")) return undefined;
        if (plain.endsWith("/proxy/api/services")) return { data: ["frontend.demo"] };
        if (plain.endsWith("/proxy/api/traces"))
            return { data: Array.from({ length: recorded }, (_, index) => found(`t${String(index)}`, "")) };
        const probe = traceIds.find(({ traceId }) => plain.endsWith(`/proxy/api/traces/${traceId}`));
        if (probe !== undefined) return { data: [found(probe.traceId, probe.spanId)] };
        const items = lists[plain] ?? [];
        const from = Number(/continue=(\d+)/.exec(query)?.[1] ?? 0);
        const next = from + PAGE < items.length ? { continue: String(from + PAGE) } : {};
        return { items: items.slice(from, from + PAGE), metadata: next };
    };
    const run = (command: string[]): string => {
        const text = command.join(" ");
        for (const [, traceId = "", spanId = ""] of text.matchAll(/traceparent: 00-(\w{32})-(\w{16})-01/g))
            traceIds.push({ traceId, spanId });
        if (text.includes("config_dump")) return '{"configs":[]}';
        if (text.endsWith("clusters"))
            return `${CLUSTER}::10.0.0.9:4317::rq_total::${String(++exported)}\n${CLUSTER}::10.0.0.9:4317::rq_success::${String(exported)}`;
        const many = Number(/#\[1-(\d+)\]/.exec(text)?.[1] ?? 0);
        if (text.includes("--fail-early")) recorded += many;
        return command[0] === "curl" ? "200\n".repeat(many > 0 ? many : traceIds.length) : "";
    };
    const access = {
        get: (path: string) => {
            asked.push(path);
            return Promise.resolve({ value: answer(path) });
        },
        text: (path: string) => {
            asked.push(path);
            return Promise.resolve({ value: "" });
        },
        exec: ({ namespace, pod: name }: { namespace: string; pod: string }, command: string[]) => {
            asked.push(`exec ${command.slice(0, 2).join(" ")}`);
            entered.add(`${namespace}/${name}`);
            return Promise.resolve({ value: { code: 0, stdout: run(command), stderr: "" } });
        },
    };
    return { access: access as unknown as Access, asked, entered };
}

const MESH = `
defaultConfig: { tracing: {}, runtimeValues: { tracing.opentelemetry.flush_interval_ms: "1" } }
extensionProviders: [{ name: jaeger, opentelemetry: { service: ${HOST}, port: 4317 } }]
`;

function pod(namespace: string, app: string, index: number, injected = true): unknown {
    const proxyConfig = JSON.stringify({ runtimeValues: { "tracing.opentelemetry.flush_interval_ms": "1" } });
    const proxy = { name: "istio-proxy", env: [{ name: "PROXY_CONFIG", value: proxyConfig }] };
    const name = `${app}-${String(index)}`;
    return {
        metadata: {
            ...{ name, namespace, uid: `${namespace}/${name}`, labels: { app } },
            ownerReferences: [{ kind: "StatefulSet", name: app === "bystander" ? name : app }],
        },
        spec: { containers: [{ name: app }], initContainers: injected ? [proxy] : [] },
        status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    };
}

function service(namespace: string, app: string, port: unknown, name = app): unknown {
    return { metadata: { name, namespace }, spec: { selector: { app }, ports: [port] } };
}
