import type { Access } from "../../../doctor/connection/access";
import { diagnose, type Diagnosis } from "../../../doctor/diagnose";
import { collectEvidence } from "../../../doctor/evidence/collect";
import { at } from "../../../shared/values/plainObjects";
import { inVirtualTime } from "../virtualTime";
import { fakeEnvoy, type FakeEnvoySpec } from "./fakeEnvoy";

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
    /** Bytes that Envoy's admin interfaces have answered, by pod. */
    dumped: Map<string, number>;
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
    /** Services of the mesh that have nothing to do with the path: each sidecar knows them all. */
    services?: number;
    /** What the application answers. @default 200 */
    status?: number;
    /** True where Jaeger has none of the doctor's traces. */
    lost?: boolean;
    /** What is unusual about each sidecar. */
    envoy?: Partial<FakeEnvoySpec>;
    /** Lines that each sidecar has logged beside those of the probes. @default 0 */
    logLines?: number;
    /** True where no answer of a sidecar is read to its end. */
    tooLarge?: boolean;
    /** The mesh configuration. */
    mesh?: string;
    /** Objects by the path of their list, in the place of the usual ones. */
    objects?: Record<string, unknown[]>;
    /** What istiod answers to /debug/mesh; undefined where it has no pod. */
    inUse?: string;
}

/** A frontend, its backends behind one Service, and a Jaeger that gets every span. */
export function fakeMesh(spec: FakeMeshSpec): FakeMesh {
    const { bystanders, backends, answering, collectors = 1, services = 0, mesh = MESH, objects = {}, inUse } = spec;
    const asked: string[] = [];
    const entered = new Set<string>();
    const traceIds: { traceId: string; spanId: string }[] = [];
    const dumped = new Map<string, number>();
    let exported = 0;
    let recorded = 0;
    const envoy = fakeEnvoy({ collector: CLUSTER, others: services, exported: () => ++exported, ...spec.envoy });
    const dump = (name: string, path: string): string => {
        const text = envoy.answer(path);
        dumped.set(name, (dumped.get(name) ?? 0) + Buffer.byteLength(text));
        return text;
    };
    const pods = [
        pod("demo", "frontend", 0),
        ...Array.from({ length: backends }, (_, index) => pod("demo", "backend", index)),
        ...Array.from({ length: collectors }, (_, index) => pod("istio-system", "jaeger", index, false)),
        ...(inUse === undefined ? [] : [pod("istio-system", "istiod", 0, false)]),
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
        ...objects,
    };
    const found = (traceID: string, parent: string): unknown => {
        const names = ["frontend-0.demo", `backend-${String(answering)}.demo`];
        const spans = names.map((name, index) => ({
            ...{
                traceID,
                spanID: `s${String(index)}`,
                operationName: "/",
                startTime: Date.now() * 1000 + index,
                duration: 10,
            },
            references: [{ refType: "CHILD_OF", spanID: index === 0 ? parent : "s0" }],
            ...{ processID: "p", tags: [{ key: "node_id", value: `sidecar~10.0.0.1~${name}~demo` }] },
        }));
        return { traceID, processes: { p: { serviceName: "frontend.demo" } }, spans };
    };
    const answer = (path: string): unknown => {
        const [plain = "", query = ""] = path.split("?");
        if (plain.endsWith("/configmaps/istio"))
            return { metadata: { name: "istio", namespace: "istio-system" }, data: { mesh } };
        if (plain.endsWith("/configmaps/istio-sidecar-injector"))
            return {
                metadata: { name: "istio-sidecar-injector", namespace: "istio-system" },
                data: { config: INJECTOR },
            };
        if (plain.includes("/configmaps/")) return undefined;
        if (plain.endsWith("/proxy/api/services")) return { data: ["frontend.demo"] };
        if (plain.endsWith("/proxy/api/traces") && spec.lost !== true)
            return { data: Array.from({ length: recorded }, (_, index) => found(`t${String(index)}`, "")) };
        const probe = traceIds.find(({ traceId }) => plain.endsWith(`/proxy/api/traces/${traceId}`));
        if (spec.lost === true && plain.includes("/proxy/api/traces")) return { data: [] };
        if (probe !== undefined) return { data: [found(probe.traceId, probe.spanId)] };
        const one = /metadata\.name%3D([^&]+)/.exec(query)?.[1];
        const items = (lists[plain] ?? []).filter((item) => one === undefined || at(item, "metadata", "name") === one);
        const from = Number(/continue=(\d+)/.exec(query)?.[1] ?? 0);
        const next = from + PAGE < items.length ? { continue: String(from + PAGE) } : {};
        return { items: items.slice(from, from + PAGE), metadata: next };
    };
    const run = (name: string, command: string[]): string => {
        const text = command.join(" ");
        for (const [, traceId = "", spanId = ""] of text.matchAll(/traceparent: 00-(\w{32})-(\w{16})-01/g))
            traceIds.push({ traceId, spanId });
        if (command[0] === "pilot-agent") return dump(name, command.at(-1) ?? "");
        if (command[0] === "pilot-discovery") return inUse ?? "";
        const many = Number(/#\[1-(\d+)\]/.exec(text)?.[1] ?? 0);
        if (text.includes("--fail-early")) recorded += many;
        return command[0] === "curl" ? `${String(spec.status ?? 200)}\n`.repeat(many > 0 ? many : traceIds.length) : "";
    };
    const access = {
        get: (path: string) => {
            asked.push(path);
            return Promise.resolve({ value: answer(path) });
        },
        text: (path: string) => {
            asked.push(path);
            return Promise.resolve({
                value: path.endsWith("/metrics") ? METRICS : LOG(traceIds) + "a line\n".repeat(spec.logLines ?? 0),
            });
        },
        // Nobody may ask its pods inside.
        forward: () => {
            const failure = { kind: "forbidden" as const, reason: "this user may not forward ports" };
            return Promise.resolve({ url: "http://127.0.0.1:9", failure: () => failure });
        },
        exec: ({ namespace, pod: name }: { namespace: string; pod: string }, command: string[]) => {
            asked.push(`exec ${command.slice(0, 2).join(" ")}`);
            entered.add(`${namespace}/${name}`);
            if (spec.tooLarge === true && command[0] === "pilot-agent")
                return Promise.resolve({ failure: { kind: "unexpected", reason: "larger than 32 MiB" } });
            return Promise.resolve({ value: { code: 0, stdout: run(`${namespace}/${name}`, command), stderr: "" } });
        },
    };
    return { access: access as unknown as Access, asked, entered, dumped };
}

const METRICS =
    'otelcol_receiver_accepted_spans_total{receiver="otlp"} 66\notelcol_exporter_sent_spans{exporter="s"} 66\n';
const LOG = (probes: { traceId: string }[]): string =>
    probes.map(({ traceId }) => `[t] "GET / HTTP/1.1" 200 - via_upstream trace=${traceId} "10.0.0.9:8080"\n`).join("");
const INJECTOR = "policy: enabled\nneverInjectSelector: [{ matchLabels: { app: batch } }]\n";

/** The usual mesh configuration. */
export const MESH = `
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

/** What the doctor says of such a mesh. */
export async function examineFake(spec: Partial<FakeMeshSpec> = {}, requests = 20): Promise<Diagnosis> {
    const { access } = fakeMesh({ bystanders: 0, backends: 1, answering: 0, ...spec });
    const options = { requests, patienceSeconds: 0 };
    return diagnose(await inVirtualTime(() => collectEvidence(access, options, () => undefined)));
}

/** A Telemetry for the whole mesh, or for pods with a label `app`; the provider of {@link MESH} is `jaeger`. */
export function telemetryOf(
    name: string,
    block: object,
    more: { labels?: object; namespace?: string; app?: string } = {},
) {
    const { labels = {}, namespace = "istio-system", app } = more;
    const selector = app === undefined ? {} : { selector: { matchLabels: { app } } };
    return { metadata: { name, namespace, labels }, spec: { ...selector, tracing: [block] } };
}
