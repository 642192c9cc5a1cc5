import { stringify } from "yaml";
import { DELETED_AT_ONCE, NAMESPACE_TELEMETRY } from "../../components/render/istioObjects";
import { renderNamespaceTelemetrySpec } from "../../components/render/telemetry";
import { ISTIO_VERSION } from "../../components/versions";

/** A Kubernetes object. */
export type KubernetesObject = Record<string, unknown> & {
    metadata: {
        name: string;
        namespace?: string;
        labels?: Record<string, string>;
        annotations?: Record<string, string>;
    };
};

/** Label of every namespace of the benchmark, to find the remains of a killed run. */
export const BENCH_LABEL = "istio-tracing-bench";

/** Rate of every traced namespace: a setting that gives each its own Telemetry. */
const PERCENT = 5;

/** Names of the namespaces that the benchmark has the program trace. */
export function tracedNames(count: number): string[] {
    return Array.from({ length: count }, (_, index) => `bench-traced-${String(index)}`);
}

/** The setting `namespaces` for them. */
export function tracedSetting(count: number): Record<string, object> {
    return Object.fromEntries(tracedNames(count).map((name) => [name, { samplingPercent: PERCENT }]));
}

/** A namespace as the program leaves one that it traces. */
export function tracedNamespace(name: string): KubernetesObject {
    return namespace(name, { "istio-injection": "enabled" });
}

/** Its Telemetry. */
export function tracedTelemetry(name: string): KubernetesObject {
    return {
        apiVersion: "telemetry.istio.io/v1",
        kind: "Telemetry",
        metadata: { name: NAMESPACE_TELEMETRY, namespace: name, annotations: DELETED_AT_ONCE },
        spec: renderNamespaceTelemetrySpec({ samplingPercent: PERCENT }, ISTIO_VERSION),
    };
}

/** A namespace of the benchmark. */
export function namespace(name: string, labels: Record<string, string> = {}): KubernetesObject {
    return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { ...labels, [BENCH_LABEL]: "true" } } };
}

/** Hosts in one ServiceEntry; one with all of them would be too large for some servers. */
const HOSTS = 100;

/** ServiceEntries that give every sidecar this many clusters. */
export function serviceEntries(clusters: number, inNamespace: string): KubernetesObject[] {
    return Array.from({ length: Math.ceil(clusters / HOSTS) }, (_, index) => ({
        apiVersion: "networking.istio.io/v1",
        kind: "ServiceEntry",
        metadata: { name: `outside-${String(index)}`, namespace: inNamespace },
        spec: {
            hosts: Array.from(
                { length: Math.min(HOSTS, clusters - index * HOSTS) },
                (_, host) => `h${String(host)}.outside-${String(index)}.example`,
            ),
            location: "MESH_EXTERNAL",
            ports: [{ name: "http", number: 80, protocol: "HTTP" }],
            resolution: "STATIC",
            // A range that is reserved: nothing is ever sent there.
            endpoints: [{ address: `240.0.0.${String(1 + (index % 250))}` }],
        },
    }));
}

/**
 * A Deployment and its Service. Every second one violates rules: no resources, no tag, no protocol, may run as root.
 */
function workload(team: string, index: number): KubernetesObject[] {
    const name = `app-${String(index)}`;
    const isRight = index % 2 === 0;
    const labels = { app: name, "app.kubernetes.io/name": name };
    const metadata = { name, namespace: team, labels };
    const size = { cpu: "10m", memory: "32Mi" };
    const image = `registry.example.com/${team}/${name}`;
    const security = {
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
        ...{ runAsNonRoot: true, capabilities: { drop: ["ALL"] }, seccompProfile: { type: "RuntimeDefault" } },
    };
    const container = {
        name: "app",
        image: isRight ? `${image}:1.${String(index)}.0` : image,
        ports: [{ name: "http", containerPort: 8080 }],
        ...(isRight && { resources: { requests: size, limits: size }, securityContext: security }),
    };
    const port = { port: 80, targetPort: 8080, ...(isRight && { name: "http", appProtocol: "http" }) };
    return [
        {
            ...{ apiVersion: "apps/v1", kind: "Deployment", metadata },
            spec: {
                replicas: 2,
                selector: { matchLabels: { app: name } },
                template: { metadata: { labels }, spec: { containers: [container] } },
            },
        },
        { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: name }, ports: [port] } },
    ];
}

/** Objects in one namespace of {@link renderRepository}: itself, its Telemetry, and workloads. */
const OF_A_TEAM = 10;

/** One file of plain manifests, as teams keep them beside each other, with so many objects. */
export function renderRepository(objects: number): string {
    const team = "TEAM";
    const one = [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: team, labels: { "istio-injection": "enabled" } } },
        tracedTelemetry(team),
        ...Array.from({ length: (OF_A_TEAM - 2) / 2 }, (_, index) => workload(team, index)).flat(),
    ];
    // Written out once: to write each would take longer than to judge them.
    const text = one.map((object) => stringify(object, { aliasDuplicateObjects: false })).join("---\n");
    const teams = Array.from({ length: objects / OF_A_TEAM }, (_, index) => `team-${String(index)}`);
    return teams.map((name) => text.replaceAll(team, name)).join("---\n");
}
