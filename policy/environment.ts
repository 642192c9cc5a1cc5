import { ENVIRONMENTS, type Environment } from "./rule";

/** Words in a stack's name that tell what it is for. */
const WORDS: Record<string, Environment> = { dev: "dev", development: "dev", ci: "ci", test: "ci", prod: "prod" };

/**
 * What a stack is for: what was said of it, else a word of its name, as in `dev` or `eu-ci-2`. One that says nothing is
 * judged as strictly as there is.
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
    return named.map((word) => WORDS[word]).find((environment) => environment !== undefined) ?? "prod";
}
