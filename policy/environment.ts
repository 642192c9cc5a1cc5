import { ENVIRONMENTS, type Environment } from "./rule";

/** Words in a stack's name that show its environment, the strictest last. */
const WORDS: [Environment, string[]][] = [
    ["dev", ["dev", "development"]],
    ["ci", ["ci", "test"]],
    ["prod", ["prod", "production"]],
];

/**
 * The environment of a stack: the given one, or the strictest word in its name, as in `dev` or `eu-ci-2`. Without
 * either, the strictest environment applies.
 *
 * @throws Error if the given text is not an environment.
 */
export function environmentOf(stack: string, said: string | undefined): Environment {
    if (said !== undefined) {
        const known = ENVIRONMENTS.find((environment) => environment === said);
        if (known === undefined)
            throw new Error(`expected the environment ${ENVIRONMENTS.join(", ")}, got ${JSON.stringify(said)}`);
        return known;
    }
    const named = stack.toLowerCase().split(/[^a-z]+/);
    return WORDS.findLast(([, words]) => words.some((word) => named.includes(word)))?.[0] ?? "prod";
}
