import type { Unresolved } from "../../checks/manifest/unresolved";
import type { RuleRun } from "./judge";

const SHOWN = 5;

/** Sentences about what could not be read: one for each part, and one for all objects without a namespace. */
export function describeUnresolved(unresolved: Unresolved[]): string[] {
    const homeless = unresolved.filter(({ what }) => what.kind === "namespace").map(({ resource }) => resource);
    return [...unresolved.flatMap(describePart), ...describeHomeless(homeless)];
}

/** Rules that could not run, because files need not contain every object. */
export function describeMissing(runs: RuleRun[]): string[] {
    return runs.flatMap(({ rule, missingKinds }) =>
        missingKinds.map((kind) => `${rule}: not checked, because the objects contain no ${kind}`),
    );
}

function describePart({ resource, what }: Unresolved): string[] {
    if (what.kind === "profile")
        return [`${resource}: the profile ${what.name} adds its own providers, so missing providers are not reported`];
    if (what.kind === "operator")
        return [
            `${resource}: its operator writes the mesh configuration, so providers and legacy fields are not checked`,
        ];
    if (what.kind === "namespace") return [];
    const { field, where, part, unreadable } = what.part;
    if (part === "version")
        return [`${resource}: ${field} names ${where}, which is not among the objects, so its version is not checked`];
    const judged = what.concerns === "mesh" ? "providers and resources are" : "the storage is";
    const source =
        unreadable === true
            ? `${field} is not valid YAML`
            : `${field} takes values from ${where}, which is not available here`;
    return [`${resource}: ${source}; ${judged} checked only by the values that are available`];
}

function describeHomeless(resources: string[]): string[] {
    if (resources.length === 0) return [];
    const named = resources.slice(0, SHOWN).join(", ");
    const more = resources.length > SHOWN ? ` and ${String(resources.length - SHOWN)} more` : "";
    return [`checked as objects in the namespace default, because they name none: ${named}${more}`];
}
