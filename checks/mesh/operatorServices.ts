import { isKind, nameOf, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { collectorConfigsOf, receiversOf } from "../collector/configuration";

const APP_PROTOCOL: Record<string, string> = { "otlp-grpc": "grpc", "otlp-http": "http", zipkin: "http" };

/** Ports of the receivers for Istio's other kinds of providers. */
const OTHER_PORTS = [
    { name: "skywalking-grpc", port: 11800, appProtocol: "grpc" },
    { name: "datadog", port: 8126, appProtocol: "http" },
];

/** Ports of the collector Service that the operator of Jaeger 1 creates, without appProtocol. */
const JAEGER_PORTS = [
    ...[
        { name: "http-zipkin", port: 9411 },
        { name: "grpc-http", port: 14250 },
        { name: "c-tchan-trft", port: 14267 },
    ],
    ...[
        { name: "http-c-binary-trft", port: 14268 },
        { name: "grpc-otlp", port: 4317 },
        { name: "http-otlp", port: 4318 },
    ],
];

/**
 * The Services that an operator creates for an object: an OpenTelemetryCollector, or a Jaeger of Jaeger 1's operator.
 *
 * Sources: https://github.com/open-telemetry/opentelemetry-operator (internal/manifests/collector/service.go),
 * https://github.com/jaegertracing/jaeger-operator (pkg/service/collector.go)
 */
export function servicesMadeBy(object: Manifest, parseYaml: ParseYaml): Manifest[] {
    const ports = portsFor(object, parseYaml);
    if (ports === undefined) return [];
    const name = `${nameOf(object)}-collector`;
    return [service(object, name, ports), service(object, `${name}-headless`, ports, { clusterIP: "None" })];
}

function portsFor(object: Manifest, parseYaml: ParseYaml): Manifest[] | undefined {
    if (isKind(object, "Jaeger", "jaegertracing.io")) return JAEGER_PORTS;
    // The mode sidecar creates no Service.
    if (!isKind(object, "OpenTelemetryCollector", "opentelemetry.io") || textAt(object, "spec", "mode") === "sidecar")
        return undefined;
    const configs = collectorConfigsOf(object, parseYaml);
    const kinds = configs.flatMap(({ config }) =>
        Object.keys(mapAt(config, "receivers")).map((name) => name.split("/")[0]),
    );
    const others = OTHER_PORTS.filter(({ name }) => kinds.includes(name.split("-")[0]));
    const received = configs
        .flatMap((config) => receiversOf(config, "0.0.0.0", () => undefined))
        .filter(({ port }) => port !== undefined)
        .map(({ protocol, port }) => ({ name: protocol, port, appProtocol: APP_PROTOCOL[protocol] }));
    return [...listAt(object, "spec", "ports"), ...received, ...others];
}

/**
 * The labels of the pods that the OpenTelemetry operator creates; undefined for other objects, and for a collector that
 * it adds to pods of others.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-operator (labels.go of its manifests)
 */
export function podLabelsOf(object: Manifest): Record<string, string> | undefined {
    if (!isKind(object, "OpenTelemetryCollector", "opentelemetry.io") || textAt(object, "spec", "mode") === "sidecar")
        return undefined;
    return {
        "app.kubernetes.io/name": `${nameOf(object)}-collector`,
        "app.kubernetes.io/instance": `${namespaceOf(object)}.${nameOf(object)}`,
        "app.kubernetes.io/component": "opentelemetry-collector",
        "app.kubernetes.io/part-of": "opentelemetry",
        "app.kubernetes.io/managed-by": "opentelemetry-operator",
    };
}

function service(object: Manifest, name: string, ports: Manifest[], more: Manifest = {}): Manifest {
    const namespace = textAt(object, "metadata", "namespace");
    return { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec: { ports, ...more } };
}
