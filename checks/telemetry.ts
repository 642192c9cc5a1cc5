import type { ClusterObject } from "../shared/kubernetes/objects";
import { subjectOf, type Finding } from "./finding";
import { isKind, nameOf, namespaceOf, resourceName, type Manifest } from "../shared/kubernetes/manifest";
import { listAt, show, textAt } from "../shared/values/plainObjects";
import { defaultTracingProviders, tracingProvidersOf, type MeshConfigSource } from "./meshConfig";
import { byAge, isNamespaceWide, type TelemetryObject } from "./meshObjects";

/** Every Telemetry among objects. */
export function telemetriesOf(objects: Manifest[]): Manifest[] {
    return objects.filter((object) => isKind(object, "Telemetry", "telemetry.istio.io"));
}

function isWide(telemetry: Manifest): boolean {
    return isNamespaceWide({ spec: telemetry["spec"] } as TelemetryObject);
}

/**
 * Telemetries that name a provider which the mesh configuration lacks, or none where there is no default: Istio then
 * traces nothing, and no log, status or message says so.
 *
 * @param meshes the mesh configurations; without one nothing can be said.
 */
export function checkTelemetryProviders(telemetries: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    if (meshes.length === 0) return [];
    const known = meshes.flatMap(tracingProvidersOf).map(({ name }) => name);
    const has = (name: string): boolean => known.some((one) => one.toLowerCase() === name.toLowerCase());
    const roots = meshes.filter((mesh) => defaultTracingProviders(mesh).length === 0).map((mesh) => mesh.rootNamespace);
    return telemetries.flatMap((telemetry) =>
        listAt(telemetry, "spec", "tracing").flatMap((block) => {
            const names = listAt(block, "providers").map((provider) => textAt(provider, "name") ?? "");
            const lacking = names.filter((name) => !has(name));
            // Elsewhere the provider comes down from the root namespace.
            const without = names.length === 0 && isWide(telemetry) && roots.includes(namespaceOf(telemetry));
            if (lacking.length === 0 && !without) return [];
            return [
                {
                    id: "telemetry-provider-exists",
                    severity: "error" as const,
                    ...subjectOf(telemetry),
                    expected:
                        known.length === 0
                            ? "a tracing provider in the mesh configuration"
                            : `a tracing provider of the mesh configuration: ${known.join(", ")}`,
                    got: without ? "none named, and the mesh has no default" : lacking.map(show).join(", "),
                    cure: "Name the provider as extensionProviders does, or add it there; else nothing is traced.",
                },
            ];
        }),
    );
}

function aged(telemetry: Manifest): ClusterObject {
    const creationTimestamp = textAt(telemetry, "metadata", "creationTimestamp");
    return { metadata: { name: nameOf(telemetry), namespace: namespaceOf(telemetry), creationTimestamp } };
}

/** Namespaces with more than one Telemetry without a selector: Istio takes the oldest and drops the others. */
export function checkOneTelemetry(telemetries: Manifest[]): Finding[] {
    const wide = telemetries.filter(isWide).sort((left, right) => byAge(aged(left), aged(right)));
    return [...new Set(wide.map(namespaceOf))].flatMap((namespace) => {
        const [first, ...others] = wide.filter((telemetry) => namespaceOf(telemetry) === namespace);
        if (first === undefined || others.length === 0) return [];
        return [
            {
                id: "telemetry-one-per-namespace",
                severity: "error" as const,
                resource: `Namespace ${namespace}`,
                object: { kind: "Namespace", namespace: undefined, name: namespace },
                expected: "one Telemetry without a selector",
                got: [first, ...others].map(resourceName).join(", "),
                cure: "Merge them into one, or give the others a selector: Istio takes the oldest and drops the rest.",
            },
        ];
    });
}

/** A mesh with a tracing provider that no Telemetry for the whole mesh uses. */
export function checkTelemetryInRoot(telemetries: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    const tracing = telemetries.filter((telemetry) => listAt(telemetry, "spec", "tracing").length > 0);
    return meshes
        .filter((mesh) => tracingProvidersOf(mesh).length > 0 && defaultTracingProviders(mesh).length === 0)
        .filter(
            ({ rootNamespace }) =>
                !tracing.some((telemetry) => isWide(telemetry) && namespaceOf(telemetry) === rootNamespace),
        )
        .map(({ resource, object, rootNamespace }) => ({
            id: "telemetry-in-root-namespace",
            severity: "error",
            resource,
            object,
            expected: `a Telemetry with tracing and without a selector in the root namespace ${rootNamespace}`,
            got: tracing.length === 0 ? "no Telemetry with tracing" : tracing.map(resourceName).join(", "),
            cure: `Put one into ${rootNamespace}: a provider that no Telemetry there uses traces nothing in the mesh.`,
        }));
}
