import type { Access } from "../../../../../doctor/connection/access";
import { findTiers, type Tier } from "../../../../../doctor/evidence/tiers";
import type { CollectorTarget } from "../../../../../doctor/inventory/collector";
import type { Discovery } from "../../../../../doctor/inventory/objects";
import { readCollectorFiles } from "../../../../../doctor/evidence/receivers";
import type { ConfigMapObject, PodObject, ServiceObject } from "../../../../../shared/kubernetes/objects";

export const HOME = "tracing";

/** A Collector that somebody else's tool made: its Services, its pods and the ConfigMap that they mount. */
export interface Made {
    services: ServiceObject[];
    pods: PodObject[];
    configMap: ConfigMapObject;
}

interface Shape {
    labels: Record<string, string>;
    configMap: ConfigMapObject;
    /** Names of the Services; one that ends in -headless has no address. */
    services: string[];
    workload: string;
    container: { name: string; image: string; args: string[] };
}

function made({ labels, configMap, services, workload, container }: Shape): Made {
    const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
    return {
        configMap,
        services: services.map((name) => ({
            metadata: { name, namespace: HOME, labels },
            spec: { selector: labels, clusterIP: name.endsWith("-headless") ? "None" : "10.96.1.1" },
        })),
        pods: [0, 1].map((index) => ({
            metadata: {
                ...{ name: `${workload}-${String(index)}`, namespace: HOME, labels },
                ownerReferences: [{ kind: "StatefulSet", name: workload }],
            },
            spec: { containers: [container], volumes: [{ configMap: { name: configMap.metadata.name } }] },
            status,
        })),
    };
}

/** What the OpenTelemetry operator makes from an OpenTelemetryCollector. */
export function operated(name: string, config: object): Made {
    const workload = `${name}-collector`;
    const labels = {
        "app.kubernetes.io/component": "opentelemetry-collector",
        "app.kubernetes.io/instance": `${HOME}.${name}`,
        "app.kubernetes.io/managed-by": "opentelemetry-operator",
        "app.kubernetes.io/part-of": "opentelemetry",
    };
    const ownerReferences = [{ kind: "OpenTelemetryCollector", name }];
    const image = "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector:0.161.0";
    return made({
        ...{ labels, workload, services: ["", "-headless", "-monitoring"].map((end) => `${workload}${end}`) },
        configMap: {
            metadata: { name: `${workload}-1a2b3c4d`, namespace: HOME, labels, ownerReferences },
            data: { "collector.yaml": JSON.stringify(config) },
        },
        container: { name: "otc-container", image, args: ["--config=/conf/collector.yaml"] },
    });
}

/** What the Helm chart open-telemetry/opentelemetry-collector makes. */
export function charted(release: string, config: object): Made {
    const name = `${release}-opentelemetry-collector`;
    const labels = { "app.kubernetes.io/name": "opentelemetry-collector", "app.kubernetes.io/instance": release };
    const annotations = { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": HOME };
    const image = "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s:0.161.0";
    return made({
        ...{ labels, workload: name, services: [name] },
        configMap: {
            metadata: {
                ...{ name, namespace: HOME, annotations },
                labels: { ...labels, "app.kubernetes.io/managed-by": "Helm" },
            },
            data: { relay: JSON.stringify(config) },
        },
        container: { name: "opentelemetry-collector", image, args: ["--config=/conf/relay.yaml"] },
    });
}

/** What the Helm chart grafana/alloy makes. */
export function alloy(release: string, text: string): Made {
    const name = `${release}-alloy`;
    const labels = { "app.kubernetes.io/name": "alloy", "app.kubernetes.io/instance": release };
    return made({
        ...{ labels, workload: name, services: [name] },
        configMap: { metadata: { name, namespace: HOME, labels }, data: { "config.alloy": text } },
        container: {
            ...{ name: "alloy", image: "docker.io/grafana/alloy:v1.12.1" },
            args: ["run", "/etc/alloy/config.alloy", "--server.http.listen-addr=0.0.0.0:12345"],
        },
    });
}

/** Jaeger behind the last tier. */
const JAEGER: Made = {
    services: [{ metadata: { name: "jaeger", namespace: HOME }, spec: { selector: { app: "jaeger" } } }],
    pods: [
        {
            metadata: { name: "jaeger-0", namespace: HOME, labels: { app: "jaeger" } },
            spec: { containers: [{ name: "jaeger", ports: [{ containerPort: 16686 }] }] },
        },
    ],
    configMap: { metadata: { name: "unused", namespace: HOME } },
};

/** The tiers that the doctor finds behind a mesh that sends to the first of these. */
export async function tiersOf(first: Made, ...others: Made[]): Promise<Tier[]> {
    const all = [first, ...others, JAEGER];
    const get = (path: string): Promise<unknown> =>
        Promise.resolve({
            value: all.find(({ configMap }) => path.endsWith(`/${configMap.metadata.name}`))?.configMap,
        });
    const access = { get } as unknown as Access;
    const discovery = {
        services: { value: all.flatMap(({ services }) => services) },
        pods: { value: all.flatMap(({ pods }) => pods) },
        endpointSlices: { value: [] },
    } as unknown as Discovery;
    const collector = { service: first.services[0], pods: first.pods } as CollectorTarget;
    return findTiers(access, discovery, collector, await readCollectorFiles(access, first.pods));
}
