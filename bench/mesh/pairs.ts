import type { Cluster } from "../../lab/cluster";
import { OURS } from "../section";
import { FRONTEND_IMAGE, BACKEND_IMAGE } from "../../components/versions";
import { kubectl, onlyReadyPod, podsOf, send, until, withApi, type Pod } from "./kubernetes";
import { processOfPod } from "./processes";

/** Namespace of the benchmark's own workloads. */
export const BENCH_NAMESPACE = "bench-mesh";

/** A client and a server, each with its own sidecar. */
export interface Pair {
    name: string;
    /** The owner of the sidecars' export settings. */
    subject: string;
    caller: Member;
    callee: Member;
    /** Address of the server's Service. */
    address: string;
    authority: string;
}

/** A pod of a pair. */
export interface Member {
    pod: string;
    envoyPid: number;
}

/** Whose settings a pair has. */
export interface PairSpec {
    name: string;
    subject: string;
    /** Settings of its sidecars in addition to the mesh's proxy configuration. */
    runtimeValues?: Record<string, string>;
}

/** Istio does not set these, so Envoy's defaults apply. */
export const ISTIO_DEFAULT: PairSpec = {
    name: "istio",
    subject: "Istio's default export",
    runtimeValues: {
        "tracing.opentelemetry.min_flush_spans": "5",
        "tracing.opentelemetry.flush_interval_ms": "5000",
        "tracing.zipkin.min_flush_spans": "5",
        "tracing.zipkin.flush_interval_ms": "5000",
    },
};

/** The mesh as this program configures it. */
export const TUNED: PairSpec = { name: "ours", subject: OURS };

/** Creates the namespace with its pairs, and replaces the remains of an earlier run. */
export async function makePairs(lab: Cluster, specs: PairSpec[], signal: AbortSignal): Promise<Pair[]> {
    await removePairs(lab);
    return withApi(lab, async (api) => {
        const metadata = { name: BENCH_NAMESPACE, labels: { "istio-injection": "enabled" } };
        await send(api, "POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
        const inside = `/api/v1/namespaces/${BENCH_NAMESPACE}`;
        await until(20, signal, async () => {
            const { status } = await api.send("GET", `${inside}/serviceaccounts/default`);
            return status === 200 ? true : "no service account yet";
        });
        for (const spec of specs) {
            await send(api, "POST", `${inside}/services`, renderService(`${spec.name}-callee`));
            await send(api, "POST", `${inside}/pods`, renderPod(spec, "callee"));
            await send(api, "POST", `${inside}/pods`, renderPod(spec, "caller"));
        }
        const pairs: Pair[] = [];
        for (const { name, subject } of specs) {
            const caller = await onlyReadyPod(api, BENCH_NAMESPACE, `${name}-caller`, signal);
            const callee = await onlyReadyPod(api, BENCH_NAMESPACE, `${name}-callee`, signal);
            const { spec } = await api.get<{ spec: { clusterIP: string } }>(`${inside}/services/${name}-callee`);
            pairs.push({
                ...{ name, subject, caller: member(caller), callee: member(callee), address: spec.clusterIP },
                authority: `${name}-callee.${BENCH_NAMESPACE}`,
            });
        }
        return pairs;
    });
}

/** Removes the namespace and all that is in it. */
export async function removePairs(lab: Cluster): Promise<void> {
    const about = ["--ignore-not-found", "--timeout=90s"];
    await kubectl(lab, "delete", "pods", "-n", BENCH_NAMESPACE, "--all", "--grace-period=1", ...about);
    await kubectl(lab, "delete", "namespace", BENCH_NAMESPACE, ...about);
}

/** A process whose network namespace the caller's requests use. */
export function networkOf({ caller }: Pair): number {
    return caller.envoyPid;
}

/** Jaeger's pod and its process. */
export async function jaegerOf(lab: Cluster, signal: AbortSignal): Promise<{ pod: Pod; pid: number }> {
    const pod = await withApi(lab, (api) =>
        until(60, signal, async () => {
            const [found, ...more] = await podsOf(api, "istio-system", "app=jaeger");
            return found !== undefined && more.length === 0 ? found : "not one pod of Jaeger";
        }),
    );
    return { pod, pid: processOfPod(pod.metadata.uid, "jaeger") };
}

function member({ metadata }: Pod): Member {
    return { pod: metadata.name, envoyPid: processOfPod(metadata.uid, "envoy") };
}

function renderPod({ name, runtimeValues }: PairSpec, role: "caller" | "callee"): object {
    const app = `${name}-${role}`;
    const annotations: Record<string, string> =
        runtimeValues === undefined ? {} : { "proxy.istio.io/config": JSON.stringify({ runtimeValues }) };
    const container = {
        caller: { image: FRONTEND_IMAGE, command: ["sleep", "86400"] },
        callee: {
            image: BACKEND_IMAGE,
            args: ["-listen=:5678", "-text=hello"],
            ports: [{ name: "http", containerPort: 5678 }],
            readinessProbe: { httpGet: { path: "/", port: "http" }, periodSeconds: 60 },
        },
    }[role];
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: app, labels: { app }, annotations },
        spec: {
            terminationGracePeriodSeconds: 1,
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            containers: [{ name: "app", imagePullPolicy: "Never", ...container }],
        },
    };
}

function renderService(app: string): object {
    const port = { name: "http", port: 80, targetPort: "http", appProtocol: "http" };
    return { apiVersion: "v1", kind: "Service", metadata: { name: app }, spec: { selector: { app }, ports: [port] } };
}
