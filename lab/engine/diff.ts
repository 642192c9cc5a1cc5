import { parseQuantity } from "../../shared/kubernetes/quantities";
import { formatPath, type Path } from "./paths";
import type { Change, Difference } from "./types";
import { at, UNKNOWN, type Values } from "./values";
import { isPlainObject } from "../../shared/values/plainObjects";

/** The part of a live value that the inputs cover, without what the cluster added. */
export function prune(live: unknown, inputs: unknown): unknown {
    if (isPlainObject(live) && isPlainObject(inputs)) {
        const kept = Object.keys(inputs).filter((key) => key in live);
        return Object.fromEntries(kept.map((key) => [key, prune(live[key], inputs[key])]));
    }
    if (!Array.isArray(live) || !Array.isArray(inputs)) return live;
    return inputs.slice(0, live.length).map((part, index) => prune(live[index], part));
}

const quantity = (value: unknown): number => parseQuantity(String(value)) ?? NaN;

/**
 * The API server normalizes quantities (`1024Mi` becomes `1Gi`). The provider handles that, and so does this engine.
 */
function sameScalar(old: unknown, next: unknown, path: Path): boolean {
    if (old === next) return true;
    const measured = path.some((key) => ["limits", "requests", "sizeLimit", "capacity", "hard"].includes(String(key)));
    return measured && Math.abs(quantity(old) - quantity(next)) <= quantity(old) * 1e-9;
}

/** Typed objects lose their empty values in the cluster. */
function isEmpty(value: unknown): boolean {
    return typeof value === "object" ? Object.values(value ?? {}).every(isEmpty) : !value;
}

/** Whether `pattern` (`spec.selector`) lies on the path, or inside the value that changed there. */
function touches(pattern: string, path: Path, value: unknown): boolean {
    const wanted = pattern.split(".");
    if (!wanted.every((key, index) => index >= path.length || key === path[index])) return false;
    return wanted.length <= path.length || at(value, ...wanted.slice(path.length)) !== undefined;
}

/**
 * Compares new inputs with the live result of the old ones.
 *
 * @param forceNew Properties whose change requires a new object.
 */
export function compare(old: Values, next: Values, forceNew: string[]): Difference {
    const changes: Record<string, Change> = {};
    const replaces: string[] = [];
    const note = (path: Path, change: "add" | "update" | "delete", value: unknown): void => {
        const replace = forceNew.some((pattern) => touches(pattern, path, value));
        changes[formatPath(path)] = replace ? `${change}-replace` : change;
        if (replace) replaces.push(formatPath(path));
    };
    const walk = (path: Path, a: unknown, b: unknown): void => {
        if (b === undefined || b === null) {
            if (a !== undefined && a !== null) note(path, "delete", undefined);
        } else if (a === undefined || a === null) {
            if (!isEmpty(b)) note(path, "add", b);
        } else if ((isPlainObject(a) && isPlainObject(b)) || (Array.isArray(a) && Array.isArray(b))) {
            for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
                walk([...path, Array.isArray(a) ? Number(key) : key], at(a, key), at(b, key));
            }
        } else if (!sameScalar(a, b, path)) {
            note(path, "update", b === UNKNOWN ? undefined : b);
        }
    };
    walk([], old, next);
    return { changes, replaces, deleteBeforeReplace: false };
}
