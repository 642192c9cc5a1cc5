import { findProvider } from "../../checks/meshObjects";
import type { CollectorTarget } from "../collector";
import type { Evidence } from "../evidence";
import type { IstiodObject } from "../objects";
import { meshConfigCommand } from "./cures";
import { patchCommand } from "./make";

/** Port names by which a receiver's protocol is known, and their usual numbers. */
const RECEIVERS = { grpc: 4317, http: 4318, zipkin: 9411 } as const;

/** Commands that mend what a check of the collector's Service found. */
export function collectorCommands(
    id: string,
    evidence: Evidence,
    collector: CollectorTarget,
): { commands: string[]; cure?: string } {
    const { service } = collector;
    if (service === undefined) return { commands: [] };
    const ports = service.spec?.ports ?? [];
    if (id === "collector-port-grpc") {
        const path = `/spec/ports/${String(ports.findIndex(({ port }) => port === collector.port))}/appProtocol`;
        return { commands: [patchCommand("service", service, [{ op: "add", path, value: "grpc" }])] };
    }
    if (id === "collector-port-exists") {
        const wanted =
            collector.kind === "zipkin" ? RECEIVERS.zipkin : collector.grpc ? RECEIVERS.grpc : RECEIVERS.http;
        if (!ports.some(({ port }) => port === wanted)) return { commands: [] };
        const command = meshConfigCommand(evidence.mesh, (config) => {
            const provider = findProvider(config, collector.provider);
            if (provider !== undefined) {
                provider[collector.kind] = { ...(provider[collector.kind] as object), port: wanted };
            }
            return config;
        });
        return {
            commands: [command],
            cure:
                `Send to port ${String(wanted)} (stack setting: collectorAddress; elsewhere meshConfig.extensionProviders, ` +
                "which the command changes at once, until the next upgrade of Istio).",
        };
    }
    return id === "collector-endpoints-ready" ? endpointsCure(evidence, collector) : { commands: [] };
}

/** A Service without ready endpoints: scaled to nothing, pods that are not ready, or a selector that fits nothing. */
function endpointsCure(
    { deployments }: Evidence,
    { service, pods }: CollectorTarget,
): { commands: string[]; cure?: string } {
    const selector = Object.entries(service?.spec?.selector ?? {});
    const namespace = service?.metadata.namespace ?? "";
    const fits = (labels: Record<string, string> | undefined): boolean =>
        selector.every(([label, value]) => labels?.[label] === value);
    const behind = deployments.find((deployment) => fits(templateLabels(deployment)));
    if (behind !== undefined && pods.length === 0) {
        const { name } = behind.metadata;
        return {
            cure: `Its Deployment ${name} has no pod: scale it up.`,
            commands: [
                `kubectl scale deployment/${name} -n ${namespace} --replicas=1`,
                `kubectl rollout status deployment/${name} -n ${namespace} --timeout=120s`,
            ],
        };
    }
    if (behind !== undefined) return { commands: [] };
    const name = service?.metadata.name ?? "";
    const likely = deployments.find((deployment) => receives(deployment));
    const labels = templateLabels(likely);
    const app = labels?.["app.kubernetes.io/name"] === undefined ? "app" : "app.kubernetes.io/name";
    return {
        cure: "Its selector fits no workload of the namespace: let it select the collector's pods.",
        commands:
            labels?.[app] === undefined || service === undefined
                ? []
                : [
                      patchCommand("service", service, [
                          { op: "replace", path: "/spec/selector", value: { [app]: labels[app] } },
                      ]),
                      `kubectl wait --for=jsonpath='{.endpoints[0].conditions.ready}'=true endpointslice -n ${namespace} -l kubernetes.io/service-name=${name} --timeout=60s`,
                  ],
    };
}

function templateLabels(deployment: IstiodObject | undefined): Record<string, string> | undefined {
    return deployment?.spec?.template?.metadata?.labels;
}

/** True for a workload with a port on which spans are received. */
function receives(deployment: IstiodObject): boolean {
    const ports = (deployment.spec?.template?.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
    return ports.some(({ containerPort }) => Object.values<number>(RECEIVERS).includes(containerPort));
}
