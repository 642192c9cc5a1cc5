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

/** The revision whose control plane alone takes an object; undefined for one that all take. */
function revisionOf(object: Manifest): string | undefined {
    return textAt(object, "metadata", "labels", "istio.io/rev");
}

/**
 * The meshes of which one has to know a Telemetry's providers: those of its root namespace each, since it counts for all of
 * their sidecars; elsewhere the one that the namespace belongs to, which files do not say.
 */
function meshesOf(telemetry: Manifest, meshes: MeshConfigSource[]): { each: boolean; meshes: MeshConfigSource[] } {
    const revision = revisionOf(telemetry);
    const readers = meshes.filter((mesh) => revision === undefined || mesh.revision === revision);
    const own = textAt(telemetry, "metadata", "namespace");
    const rooted = readers.filter((mesh) => mesh.rootNamespace === own);
    return rooted.length > 0 ? { each: true, meshes: rooted } : { each: false, meshes: readers };
}

/**
 * Telemetries that name a provider which the mesh configuration lacks, or none where there is no default: Istio then
 * traces nothing, and no log, status or message says so.
 *
 * @param meshes the mesh configurations; without one, and of one that is not seen as a whole, nothing can be said.
 */
export function checkTelemetryProviders(telemetries: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    return telemetries.flatMap((telemetry) => {
        const readers = meshesOf(telemetry, meshes);
        const seen = readers.meshes.filter(({ hidden }) => !hidden);
        if (seen.length === 0 || (!readers.each && seen.length < readers.meshes.length)) return [];
        // Elsewhere the provider comes down from the root namespace.
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
        got: lacking === undefined ? "none named, and the mesh has no default" : lacking.map(show).join(", "),
        cure: "Name the provider as extensionProviders does, or add it there; else nothing is traced.",
    };
}

/** A Telemetry for a revision of which there is no mesh configuration: every other control plane skips it. */
export function checkTelemetryRevision(telemetries: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    const revisions = [...new Set(meshes.map(({ revision }) => revision))];
    return telemetries.flatMap((telemetry) => {
        const own = revisionOf(telemetry);
        if (own === undefined || revisions.length === 0 || revisions.includes(own)) return [];
        return [
            {
                ...{ id: "telemetry-revision", severity: "warning" as const, ...subjectOf(telemetry) },
                expected: `no label istio.io/rev, or a revision whose mesh configuration is here: ${revisions.join(", ")}`,
                got: `istio.io/rev=${own}, which the control plane of that very revision takes, and no other`,
                cure: "Remove the label, or set it to the revision itself; the name of a revision tag counts for nothing.",
            },
        ];
    });
}

function aged(telemetry: Manifest): ClusterObject {
    const creationTimestamp = textAt(telemetry, "metadata", "creationTimestamp");
    return { metadata: { name: nameOf(telemetry), namespace: namespaceOf(telemetry), creationTimestamp } };
}

/** Namespaces with more than one Telemetry without a selector: Istio takes the oldest and drops the others. */
export function checkOneTelemetry(telemetries: Manifest[]): Finding[] {
    const wide = telemetries.filter(isWide).sort((left, right) => byAge(aged(left), aged(right)));
    return [...new Set(wide.map(namespaceOf))].flatMap((namespace) => {
        const here = wide.filter((telemetry) => namespaceOf(telemetry) === namespace);
        // A control plane reads those of its own revision and those of none.
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
                cure: "Merge them into one, or give the others a selector: Istio takes the oldest and drops the rest.",
            },
        ];
    });
}

/** A mesh with a tracing provider that no Telemetry for the whole mesh uses. */
export function checkTelemetryInRoot(telemetries: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    const tracing = telemetries.filter((telemetry) => listAt(telemetry, "spec", "tracing").length > 0);
    const revisions = meshes.map(({ revision }) => revision);
    // One for a revision that is not here has a finding of its own.
    const reads = (mesh: MeshConfigSource, telemetry: Manifest): boolean => {
        const revision = revisionOf(telemetry);
        return revision === undefined || revision === mesh.revision || !revisions.includes(revision);
    };
    return (
        meshes
            // What is not seen may name a default.
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
                got: tracing.length === 0 ? "no Telemetry with tracing" : tracing.map(resourceName).join(", "),
                cure: `Put one into ${rootNamespace}: a provider that no Telemetry there uses traces nothing in the mesh.`,
            }))
    );
}
