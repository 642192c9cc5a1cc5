/** The known word closest to a misspelled one; undefined if none is close. */
export function nearest(word: string, known: readonly string[]): string | undefined {
    const ranked = known
        .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
        .sort((left, right) => left.distance - right.distance);
    const best = ranked[0];
    return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 2)) ? best.candidate : undefined;
}

/** The number of letters to add, remove or replace to turn one word into the other. */
export function editDistance(left: string, right: string): number {
    let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
    for (let row = 1; row <= left.length; row++) {
        const current = [row];
        for (let column = 1; column <= right.length; column++) {
            const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
            current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
        }
        previous = current;
    }
    return previous[right.length] ?? 0;
}

/** The number of letters by which a misspelled prefix can differ from a project's name. */
const NEAR = 3;

/**
 * Keys of a stack's configuration whose unknown prefix is similar to this project's, each with the intended key. Pulumi
 * accepts any prefix, so a misspelled setting would have no effect.
 */
export function misspeltKeys(keys: string[], project: string): { key: string; meant: string }[] {
    return keys.flatMap((key) => {
        const [prefix = "", ...name] = key.split(":");
        if (name.length === 0 || prefix === project) return [];
        if (editDistance(prefix.toLowerCase().trim(), project.toLowerCase()) > NEAR) return [];
        return [{ key, meant: `${project}:${name.join(":")}` }];
    });
}
