import { judgeTexts, meshConfigMap, TELEMETRY } from "./judged";

/** A mesh configuration with one tracing provider. */
export const provider = (service: string, port: number, kind = "opentelemetry", more = ""): string =>
    `extensionProviders:\n  - name: otel\n    ${kind}: { service: ${service}, port: ${String(port)}${more === "" ? "" : `, ${more}`} }\n`;
/** A Service. */
export const service = (name: string, namespace: string, spec: string): string =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { ${spec} }\n`;
/** A ServiceEntry. */
export const serviceEntry = (host: string, namespace: string, ports: string): string =>
    `apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: entry, namespace: ${namespace} }\nspec: { hosts: [${host}], resolution: DNS, ports: [${ports}] }\n`;
/** A DestinationRule of the root namespace. */
export const destinationRule = (host: string, policy: string): string =>
    `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: rule, namespace: istio-system }\nspec: { host: ${host}, trafficPolicy: { ${policy} } }\n`;

/** Rules and violations of a mesh with this configuration, beside these objects. */
export function judge(mesh: string, ...objects: string[]): ReturnType<typeof judgeTexts> {
    return judgeTexts({ "mesh.yaml": meshConfigMap(mesh), "rest.yaml": [TELEMETRY, ...objects].join("---\n") });
}
