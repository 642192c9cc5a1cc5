import { isKind, mayStandIn, nameOf, namespaceOf, resourceName, type Manifest } from "../../shared/kubernetes/manifest";
import type { ClusterObject } from "../../shared/kubernetes/objects";
import { listAt, show, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding } from "../finding";
import { defaultTracingProviders, tracingProvidersOf } from "../mesh/configuration";
import type { MeshConfigSource } from "../mesh/configurationSource";
import { byAge, isNamespaceWide, type TelemetryObject } from "../mesh/objects";

/** Every Telemetry among objects. */
export function telemetriesOf(objects: Manifest[]): Manifest[] {
    return objects.filter((object) => isKind(object, "Telemetry", "telemetry.istio.io"));
}

function isWide(telemetry: Manifest): boolean {
    return isNamespaceWide({ spec: telemetry["spec"] } as TelemetryObject);
}

/** The only revision whose control plane applies an object; undefined if all do. */
function revisionOf(object: Manifest): string | undefined {
    return textAt(object, "metadata", "labels", "istio.io/rev");
}

/**
 * The meshes that must define a Telemetry's providers. In a root namespace, each mesh with that root namespace, because
 * the Telemetry applies to all of their sidecars. Elsewhere, one of the meshes, because files do not show to which one
 * the namespace belongs.
 */
function meshesOf(telemetry: Manifest, meshes: MeshConfigSource[]): { each: boolean; meshes: MeshConfigSource[] } {
    const revision = revisionOf(telemetry);
    const readers = meshes.filter((mesh) => revision === undefined || mesh.revision === revision);
    const own = textAt(telemetry, "metadata", "namespace");
    const rooted = readers.filter((mesh) => mesh.rootNamespace === own);
    return rooted.length > 0 ? { each: true, meshes: rooted } : { each: false, meshes: readers };
}

/**
 * Reports Telemetries that name a provider that the mesh configuration does not have, or no provider if there is no
 * default. Istio then traces nothing, and no log, status or message shows it.
 *
 * @param meshes the mesh configurations. Without one, or with one that is only partly known, there are no findings.
 */
export function checkTelemetryProviders(telemetries: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    return telemetries.flatMap((telemetry) => {
        const readers = meshesOf(telemetry, meshes);
        const seen = readers.meshes.filter(({ hidden }) => !hidden);
        if (seen.length === 0 || (!readers.each && seen.length < readers.meshes.length)) return [];
        // In other namespaces, the provider is inherited from the root namespace.
        const rootless =
            readers.each && isWide(telemetry) && seen.some((mesh) => defaultTracingProviders(mesh).length === 0);
        return listAt(telemetry, "spec", "tracing").flatMap((block) => {
            const names = listAt(block, "providers").map((provider) => textAt(provider, "name") ?? "");
            const lacking = names.filter((name) =>
                readers.each ? seen.some((mesh) => !has(mesh, name)) : !seen.some((mesh) => has(mesh, name)),
            );
            const without = names.length === 0 && rootless;
            if (lacking.length === 0 && !without) return [];
            const against = seen.filter((mesh) => lacking.some((name) => !has(mesh, name)) || without);
            return [lackingProvider(telemetry, against, without ? undefined : lacking, seen.length > 1)];
        });
    });
}

function has(mesh: MeshConfigSource, wanted: string): boolean {
    return tracingProvidersOf(mesh).some(({ name }) => name.toLowerCase() === wanted.toLowerCase());
}

function lackingProvider(
    telemetry: Manifest,
    meshes: MeshConfigSource[],
    lacking: string[] | undefined,
    several: boolean,
): Finding {
    const known = [...new Set(meshes.flatMap(tracingProvidersOf).map(({ name }) => name))];
    const of = several ? ` of ${meshes.map(({ resource }) => resource).join(" and ")}` : "";
    const where = several ? of : known.length === 0 ? " in the mesh configuration" : " of the mesh configuration";
    return {
        ...{ id: "telemetry-provider-exists", severity: "error", ...subjectOf(telemetry) },
        expected: `a tracing provider${where}${known.length === 0 ? "" : `: ${known.join(", ")}`}`,
        got: lacking === undefined ? "no provider, and the mesh has no default" : lacking.map(show).join(", "),
        cure: "Use a name from extensionProviders, or add the provider there. Otherwise nothing is traced.",
    };
}

/** Reports a Telemetry for a revision without a mesh configuration. Every other control plane ignores it. */
export function checkTelemetryRevision(telemetries: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    const revisions = [...new Set(meshes.map(({ revision }) => revision))];
    return telemetries.flatMap((telemetry) => {
        const own = revisionOf(telemetry);
        if (own === undefined || revisions.length === 0 || revisions.includes(own)) return [];
        return [
            {
                ...{ id: "telemetry-revision", severity: "warning" as const, ...subjectOf(telemetry) },
                expected: `no label istio.io/rev, or a revision whose mesh configuration is here: ${revisions.join(", ")}`,
                got: `istio.io/rev=${own}, which only the control plane of exactly that revision applies`,
                cure: "Remove the label, or set it to the revision itself. The name of a revision tag has no effect.",
            },
        ];
    });
}

function aged(telemetry: Manifest): ClusterObject {
    const creationTimestamp = textAt(telemetry, "metadata", "creationTimestamp");
    return { metadata: { name: nameOf(telemetry), namespace: namespaceOf(telemetry), creationTimestamp } };
}

/** Reports namespaces with more than one Telemetry without a selector. Istio uses the oldest and ignores the others. */
export function checkOneTelemetry(telemetries: Manifest[]): Finding[] {
    const wide = telemetries.filter(isWide).sort((left, right) => byAge(aged(left), aged(right)));
    return [...new Set(wide.map(namespaceOf))].flatMap((namespace) => {
        const here = wide.filter((telemetry) => namespaceOf(telemetry) === namespace);
        // A control plane reads Telemetries of its own revision and those without a revision.
        const readers = [undefined, ...new Set(here.map(revisionOf))];
        const [first, ...others] =
            readers
                .map((reader) => here.filter((one) => [undefined, reader].includes(revisionOf(one))))
                .find((read) => read.length > 1) ?? [];
        if (first === undefined || others.length === 0) return [];
        return [
            {
                id: "telemetry-one-per-namespace",
                severity: "error" as const,
                resource: `Namespace ${namespace}`,
                object: { kind: "Namespace", namespace: undefined, name: namespace },
                expected: "one Telemetry without a selector",
                got: [first, ...others].map(resourceName).join(", "),
                cure: "Merge them into one, or give the others a selector. Istio uses the oldest and ignores the others.",
            },
        ];
    });
}

/** A Telemetry that is not mesh-wide, and why. */
function nameWithin(telemetry: Manifest, rootNamespace: string): string {
    const home = namespaceOf(telemetry);
    const reach = isWide(telemetry) ? "" : "workloads that its selector selects in ";
    return home === rootNamespace && isWide(telemetry)
        ? resourceName(telemetry)
        : `${resourceName(telemetry)}, which counts only for ${reach}${home === "" ? "its namespace" : home}`;
}

/** Reports a mesh with a tracing provider that no mesh-wide Telemetry uses. */
export function checkTelemetryInRoot(telemetries: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    const tracing = telemetries.filter((telemetry) => listAt(telemetry, "spec", "tracing").length > 0);
    const revisions = meshes.map(({ revision }) => revision);
    // Another finding reports a Telemetry for an unknown revision.
    const reads = (mesh: MeshConfigSource, telemetry: Manifest): boolean => {
        const revision = revisionOf(telemetry);
        return revision === undefined || revision === mesh.revision || !revisions.includes(revision);
    };
    return (
        meshes
            // The unknown part of the configuration may set a default.
            .filter((mesh) => !mesh.hidden && tracingProvidersOf(mesh).length > 0)
            .filter((mesh) => defaultTracingProviders(mesh).length === 0)
            .filter(
                (mesh) =>
                    !tracing.some(
                        (telemetry) =>
                            isWide(telemetry) && mayStandIn(telemetry, mesh.rootNamespace) && reads(mesh, telemetry),
                    ),
            )
            .map(({ resource, object, rootNamespace }) => ({
                id: "telemetry-in-root-namespace",
                severity: "error",
                resource,
                object,
                expected: `a Telemetry with tracing and without a selector in the root namespace ${rootNamespace}`,
                got:
                    tracing.length === 0
                        ? "no Telemetry with tracing"
                        : tracing.map((telemetry) => nameWithin(telemetry, rootNamespace)).join(", "),
                cure: `Create one in ${rootNamespace}: a provider that no Telemetry there uses traces nothing in the mesh.`,
            }))
    );
}
