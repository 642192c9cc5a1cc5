import type { Unresolved } from "../../checks/manifest/unresolved";
import type { RuleRun } from "./judge";

const SHOWN = 5;

/** What could not be seen, in sentences: one for each part, and one for all objects without a namespace. */
export function describeUnresolved(unresolved: Unresolved[]): string[] {
    const homeless = unresolved.filter(({ what }) => what.kind === "namespace").map(({ resource }) => resource);
    return [...unresolved.flatMap(describePart), ...describeHomeless(homeless)];
}

/** Rules that could not judge, since files need not be all that there is. */
export function describeMissing(runs: RuleRun[]): string[] {
    return runs.flatMap(({ rule, missingKinds }) =>
        missingKinds.map((kind) => `${rule}: not judged, since no ${kind} is among the objects`),
    );
}

function describePart({ resource, what }: Unresolved): string[] {
    if (what.kind === "profile")
        return [`${resource}: the profile ${what.name} brings providers of its own, so providers are not missed here`];
    if (what.kind === "operator")
        return [
            `${resource}: its operator writes the mesh configuration, so providers and the former fields are not judged`,
        ];
    if (what.kind === "namespace") return [];
    const { field, where, part, unreadable } = what.part;
    if (part === "version")
        return [`${resource}: ${field} names ${where}, which is not here, so its version is not judged`];
    const judged = what.concerns === "mesh" ? "providers and resources are" : "the storage is";
    const source =
        unreadable === true ? `${field} is no YAML` : `${field} takes values from ${where}, which is not here`;
    return [`${resource}: ${source}; ${judged} judged as far as values are seen`];
}

function describeHomeless(resources: string[]): string[] {
    if (resources.length === 0) return [];
    const named = resources.slice(0, SHOWN).join(", ");
    const more = resources.length > SHOWN ? ` and ${String(resources.length - SHOWN)} more` : "";
    return [`judged as objects of the namespace default, since they name none: ${named}${more}`];
}
