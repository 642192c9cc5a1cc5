import { selects } from "../../shared/kubernetes/labelSelectors";
import { isKind, nameOf, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import { itemsAt, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import type { TracingProvider } from "../mesh/configuration";
import { podLabelsOf } from "../mesh/operatorServices";
import { portsOf } from "../mesh/servicePorts";
import { lookUp } from "../mesh/serviceRegistry";
import { imageTag } from "../workload/images";
import { containersOf, podsBehind, type PodTemplate } from "../workload/podTemplates";
import { serviceNamed, targetOf } from "./address";
import { configOfPods, variableIn } from "./commandLine";
import {
    collectorConfigsOf,
    declaredReceivers,
    isStarted,
    type CollectorConfig,
    type ContainerSetting,
    type Receiver,
    type VariableOf,
} from "./configuration";
import type { CollectorWorld } from "./service";

/** The configuration of the collector to which a provider's Service leads. */
export interface ReceiverTarget {
    config: CollectorConfig;
    /** Receivers of spans, whether a pipeline names them or not. */
    receivers: Receiver[];
    /** Port of the pod that the Service targets. */
    targetPort: number;
    /** The pods; undefined for an object from which an operator makes them. */
    pods: PodTemplate | undefined;
    /** The Service, if it has IPv6 addresses alone, so that sidecars call its pods at theirs. */
    ipv6Service: Manifest | undefined;
}

/** The configuration of the collector behind a provider's Service; undefined if the objects do not show it. */
export function findReceiverTarget(
    provider: TracingProvider,
    { objects, registry, parseYaml }: CollectorWorld,
): ReceiverTarget | undefined {
    const port = targetOf(provider)?.port;
    const found = lookUp(registry, serviceNamed(provider) ?? "");
    if (port === undefined || found.outcome !== "found" || found.entry.service === undefined) return undefined;
    const { object, service, namespace } = found.entry;
    const served = portsOf(service).find((one) => one.port === port);
    if (served === undefined) return undefined;
    const ipv6Service = isIpv6Only(service) ? service : undefined;
    const pods = object === service ? podsBehind(objects, namespace, service) : undefined;
    const operated = object === service ? objects.find((one) => isBehind(service, namespace, one)) : object;
    if (pods === undefined) {
        const [config] = operated === undefined ? [] : collectorConfigsOf(operated, parseYaml);
        const targetPort = Number(served.targetPort ?? port);
        // The objects do not show which names an operator gives to ports.
        if (config === undefined || Number.isNaN(targetPort)) return undefined;
        const receivers = declaredReceivers(config, "0.0.0.0", () => undefined);
        return { config, receivers, targetPort, pods, ipv6Service };
    }
    const files = configsOf(pods, namespace, objects).flatMap((one) => collectorConfigsOf(one, parseYaml));
    const config = configOfPods(pods, files, parseYaml);
    const targetPort = containerPort(pods, served.targetPort ?? port);
    if (config === undefined || targetPort === undefined) return undefined;
    const receivers = declaredReceivers(config, listenHost(pods), variablesOf(pods));
    return { config, receivers, targetPort, pods, ipv6Service };
}

/** Whether a Service selects the pods that an operator creates for an object. */
function isBehind(service: Manifest, namespace: string, object: Manifest): boolean {
    const labels = podLabelsOf(object);
    return (
        namespaceOf(object) === namespace && labels !== undefined && selects(mapAt(service, "spec", "selector"), labels)
    );
}

function isIpv6Only(service: Manifest): boolean {
    const families = itemsAt(service, "spec", "ipFamilies");
    return families.length > 0 && families.every((family) => family === "IPv6");
}

/** The receiver of a protocol at the port to which the Service leads. */
export function receiverFor(
    protocol: string,
    { config, receivers, targetPort }: Pick<ReceiverTarget, "config" | "receivers" | "targetPort">,
): Receiver | undefined {
    return receivers.find((one) => one.port === targetPort && one.protocol === protocol && isStarted(one, config));
}

/** Where the address of a receiver is set, if that is in a container. */
export function settingOf(
    { path, variable }: Receiver,
    { config, pods }: Pick<ReceiverTarget, "config" | "pods">,
): ContainerSetting | undefined {
    const origin = config.origins?.[`${path}.endpoint`];
    return origin ?? (variable === undefined || pods === undefined ? undefined : variableIn(pods, variable));
}

/** The value of a setting with which the receiver listens on every address of the pod. */
export function addressOnAllInterfaces(
    { value }: ContainerSetting,
    { targetPort, ipv6Service }: Pick<ReceiverTarget, "targetPort" | "ipv6Service">,
): string {
    const hasPort = /^(?:\[.*\]|[^:]*):\d+$/.test(value);
    if (hasPort) return `:${String(targetPort)}`;
    return ipv6Service === undefined ? "0.0.0.0" : "[::]";
}

/** The ConfigMaps that pods mount as files. */
function configsOf({ spec }: PodTemplate, namespace: string, objects: Manifest[]): Manifest[] {
    const names = listAt(spec, "volumes").flatMap((volume) => [
        textAt(volume, "configMap", "name"),
        ...listAt(volume, "projected", "sources").map((source) => textAt(source, "configMap", "name")),
    ]);
    return objects.filter(
        (object) =>
            isKind(object, "ConfigMap", "") && namespaceOf(object) === namespace && names.includes(nameOf(object)),
    );
}

function containerPort(pods: PodTemplate, targetPort: unknown): number | undefined {
    if (typeof targetPort === "number") return targetPort;
    const ports = containersOf(pods).flatMap(({ container }) => listAt(container, "ports"));
    const found = ports.find((port) => port["name"] === targetPort)?.["containerPort"];
    return typeof found === "number" ? found : undefined;
}

/** The first release whose receivers listen on localhost by default: 0.104. */
const LOCAL_SINCE = 104;

/** The address on which receivers without an endpoint listen. */
function listenHost(pods: PodTemplate): string {
    const images = containersOf(pods).map(({ container }) => textAt(container, "image") ?? "");
    const minors = images
        .filter((image) => image.includes("opentelemetry-collector"))
        .map((image) => /^v?0\.(\d+)\./.exec(imageTag(image) ?? "")?.[1]);
    return minors.some((minor) => minor !== undefined && Number(minor) < LOCAL_SINCE) ? "0.0.0.0" : "localhost";
}

/** Variables of the containers, and the one that Jaeger's image sets. */
function variablesOf(pods: PodTemplate): VariableOf {
    const containers = containersOf(pods);
    return (name) => {
        const set = containers
            .flatMap(({ container }) => listAt(container, "env"))
            .find((variable) => variable["name"] === name);
        if (set !== undefined) return textAt(set, "value");
        const ofJaeger = containers.some(({ container }) =>
            /jaegertracing\/jaeger/.test(textAt(container, "image") ?? ""),
        );
        if (name === "JAEGER_LISTEN_HOST" && ofJaeger) return "0.0.0.0";
        // Variables from a whole ConfigMap or Secret (envFrom) are unknown here.
        return containers.some(({ container }) => listAt(container, "envFrom").length > 0) ? undefined : null;
    };
}
