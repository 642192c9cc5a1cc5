import type { Manifest } from "../../shared/kubernetes/manifest";
import { PROXY_CONFIG_ANNOTATION } from "../../shared/names/istio";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, isPlainObject, mapAt, textAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import type { MeshConfigSource } from "../mesh/configurationSource";
import { camelFields } from "../mesh/fieldNames";
import { podTemplateOf } from "../workload/podTemplates";

/** Fields of a proxy's tracing configuration that the Telemetry API replaces. */
const LEGACY = [
    ...["sampling", "zipkin", "lightstep", "datadog", "stackdriver", "openCensusAgent", "tlsSettings", "customTags"],
];
const LEGACY_VALUES = [
    "traceSampling",
    "pilot.traceSampling",
    "env.PILOT_TRACE_SAMPLING",
    "pilot.env.PILOT_TRACE_SAMPLING",
    "global.tracer",
    "global.proxy.tracer",
];

/** Reports legacy tracing fields in a mesh configuration, which the Telemetry API replaces. */
export function checkLegacyMesh({ resource, config, values }: MeshConfigSource): Finding[] {
    const fields = legacyIn(mapAt(config, "defaultConfig")).map((field) => `defaultConfig.${field}`);
    const keys = LEGACY_VALUES.filter((path) => {
        const value = at(values, ...path.split("."));
        return isPlainObject(value) ? Object.keys(value).length > 0 : value != null;
    });
    return legacy(resource, [...fields, ...keys.map((key) => `values.${key}`)]);
}

/** Reports the same fields in the annotation `proxy.istio.io/config` of a workload's pods. */
export function checkLegacyPods(manifest: Manifest, parseYaml: ParseYaml): Finding[] {
    const template = podTemplateOf(manifest);
    const text = textAt(template?.metadata, "annotations", PROXY_CONFIG_ANNOTATION);
    if (template === undefined || text === undefined) return [];
    const proxyConfig = parseYaml(text);
    const fields = legacyIn(isPlainObject(proxyConfig) ? camelFields(proxyConfig) : {});
    return legacy(
        template.resource,
        fields.map((field) => `annotation proxy.istio.io/config ${field}`),
    );
}

function legacyIn(proxyConfig: Manifest): string[] {
    const tracing = mapAt(proxyConfig, "tracing");
    return LEGACY.filter((field) => tracing[field] != null).map((field) => `tracing.${field}`);
}

function legacy(resource: string, fields: string[]): Finding[] {
    if (fields.length === 0) return [];
    return [
        {
            id: "legacy-tracing-fields",
            severity: "error",
            resource,
            expected: "an extension provider, a Telemetry and an empty defaultConfig.tracing",
            got: fields.join(", "),
            cure:
                "Remove these fields: a pod reads them only when it starts, and their sampling cannot be 0. Set " +
                "extensionProviders in the mesh configuration, and randomSamplingPercentage in a Telemetry.",
        },
    ];
}
