import { ENVIRONMENTS, type Environment } from "./rule";

/** Words in a stack's name that tell what it is for, the strictest last. */
const WORDS: [Environment, string[]][] = [
    ["dev", ["dev", "development"]],
    ["ci", ["ci", "test"]],
    ["prod", ["prod", "production"]],
];

/**
 * What a stack is for: what was said of it, else the strictest word of its name, as in `dev` or `eu-ci-2`. One that says
 * nothing is judged as strictly as there is.
 *
 * @throws Error when what was said is no environment.
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
