import { describeMeshProblem } from "../../../checks/mesh/meshText";
import type { Evidence } from "../../evidence";
import { configMapOf, tracingProvidersIn, type Mesh } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";

const make = draftFor("sidecar");

/** Faults in the text of the mesh configuration that YAML or istiod accepts. */
export function doubtfulText({ mesh }: Pick<Evidence, "mesh">): DoctorFinding[] {
    const { duplicates = [], dropped = [] } = mesh.written ?? {};
    const repeated = duplicates.map(({ key, first, last }) =>
        make({
            ...about(mesh, "mesh-config-duplicate-key"),
            severity: "warning",
            expected: `the key ${key} once`,
            got:
                `${key} at line ${String(first.line)} and at line ${String(last.line)}, column ` +
                `${String(last.column)}: istiod uses the last one, and drops the fields under the others`,
            cure: "Put all fields under one key, in the mesh configuration or in the source that its installer uses.",
        }),
    );
    if (dropped.length === 0) return repeated;
    const spelling = make({
        ...about(mesh, "mesh-config-spelling"),
        severity: "warning",
        expected: "defaultConfig and defaultProviders in this spelling",
        got: `${dropped.join(" and ")}, which istiod drops silently`,
        cure: "Spell the field as in Istio's reference.",
    });
    return [...repeated, spelling];
}

/**
 * A mesh configuration that istiod rejects as a whole. istiod keeps the last one that it accepted, and uses its
 * defaults after a restart.
 *
 * Source: https://github.com/istio/istio/blob/release-1.31/pkg/config/mesh/meshwatcher/collection.go
 */
export function refusedText({ mesh }: Pick<Evidence, "mesh">): DoctorFinding | undefined {
    const problem = mesh.written?.problem;
    if (problem === undefined) return undefined;
    return make({
        ...about(mesh, "mesh-config-refused"),
        expected: "a mesh configuration that istiod can read",
        got: `${describeMeshProblem(problem)}. istiod rejects the whole text, and ${describeInUse(mesh)}`,
        cure:
            "Correct the text there, or in the source that Istio's installer uses. Until then, changes have no " +
            "effect, and an istiod that restarts uses Istio's defaults, which trace nothing.",
    });
}

function about(mesh: Mesh, id: string): Pick<Draft, "id" | "resource" | "values"> {
    return { id, resource: `ConfigMap ${configMapOf(mesh)}`, values: {} };
}

function describeInUse(mesh: Mesh): string {
    if (mesh.unknown !== undefined)
        return `keeps the last one that it accepted, or its defaults. Which one is unknown: ${mesh.unknown}`;
    const providers = tracingProvidersIn(mesh.config).map(
        ({ name, kind, address }) => `${name} (${kind} to ${address})`,
    );
    return providers.length === 0
        ? "now uses one without a tracing provider, such as its defaults"
        : `uses the last one that it accepted, with the tracing providers ${providers.join(", ")}`;
}
