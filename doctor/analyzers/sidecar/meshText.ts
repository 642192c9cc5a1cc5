import type { Path } from "../../../shared/values/shapes";
import type { Evidence } from "../../evidence";
import { configMapOf, tracingProvidersIn, type Mesh } from "../../inventory/mesh";
import type { MeshProblem } from "../../inventory/meshText";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";

const make = draftFor("sidecar");

/** What is wrong with the text of the mesh configuration, though YAML or istiod lets it pass. */
export function doubtfulText({ mesh }: Pick<Evidence, "mesh">): DoctorFinding[] {
    const { duplicates = [], dropped = [] } = mesh.written ?? {};
    const repeated = duplicates.map(({ key, first, last }) =>
        make({
            ...about(mesh, "mesh-config-duplicate-key"),
            severity: "warning",
            expected: `the key ${key} once`,
            got: `${key} at line ${String(first.line)} and at line ${String(last.line)}, column ${String(last.column)}: istiod uses the last, and drops what stands below the others`,
            cure: "Write all of it below one key, in the mesh configuration or where its installer keeps it.",
        }),
    );
    if (dropped.length === 0) return repeated;
    const spelling = make({
        ...about(mesh, "mesh-config-spelling"),
        severity: "warning",
        expected: "defaultConfig and defaultProviders in this spelling",
        got: `${dropped.join(" and ")}, which istiod drops without a word`,
        cure: "Write the field as Istio's reference does.",
    });
    return [...repeated, spelling];
}

/**
 * A mesh configuration that istiod refuses as a whole: it keeps the last one that it took, and takes its defaults when it
 * starts anew.
 *
 * Source: https://github.com/istio/istio/blob/release-1.31/pkg/config/mesh/meshwatcher/collection.go
 */
export function refusedText({ mesh }: Pick<Evidence, "mesh">): DoctorFinding | undefined {
    const problem = mesh.written?.problem;
    if (problem === undefined) return undefined;
    return make({
        ...about(mesh, "mesh-config-refused"),
        expected: "a mesh configuration that istiod can read",
        got: `line ${String(problem.line)}, column ${String(problem.column)}: ${describeProblem(problem)}. istiod refuses all of it, and ${describeInUse(mesh)}`,
        cure:
            "Correct the text at that place, or where Istio's installer keeps it. Until then no change counts, and an istiod " +
            "that starts anew takes Istio's defaults, by which nothing is traced.",
    });
}

function about(mesh: Mesh, id: string): Pick<Draft, "id" | "resource" | "values"> {
    return { id, resource: `ConfigMap ${configMapOf(mesh)}`, values: {} };
}

function describeProblem(problem: MeshProblem): string {
    switch (problem.kind) {
        case "yaml":
            return problem.said;
        case "notFields":
            return `${problem.got} in the place of fields and values`;
        case "shape":
            return `${describePath(problem.path)} is ${problem.got}, and istiod takes ${problem.expected}`;
    }
}

function describePath(path: Path): string {
    return path
        .map((step) => (typeof step === "number" ? `[${String(step)}]` : `.${step}`))
        .join("")
        .replace(/^\./, "");
}

function describeInUse(mesh: Mesh): string {
    if (mesh.unknown !== undefined)
        return `keeps the last one that it took, or its defaults; which of them is not known: ${mesh.unknown}`;
    const providers = tracingProvidersIn(mesh.config).map(
        ({ name, kind, address }) => `${name} (${kind} to ${address})`,
    );
    return providers.length === 0
        ? "uses one without a tracing provider now, such as its defaults"
        : `uses the last one that it took, with the tracing providers ${providers.join(", ")}`;
}
