import { UserError } from "../../shared/terminal/errors";

/** The parts of `ORG/PROJECT/STACK`, `ORG/STACK` or `STACK`. */
export interface StackName {
    org?: string;
    project?: string;
    /** Part of the names of its settings file and of the folder with its locks. */
    stack: string;
}

/**
 * Reads a stack's name as the Pulumi CLI does.
 *
 * @throws UserError if it is not a stack name, or belongs to another project.
 */
export function parseStackName(name: string, own: string): StackName {
    const parts = name.split("/");
    const [stack = "", ...above] = [...parts].reverse();
    const [org, project] = above.length === 2 ? [above[1], above[0]] : [above[0]];
    if (parts.length > 3 || parts.includes("")) {
        throw new UserError(
            `Expected --stack to be STACK, ORG/STACK or ORG/PROJECT/STACK, got ${JSON.stringify(name)}.`,
            2,
        );
    }
    if (project !== undefined && project !== own) {
        throw new UserError(`Expected --stack to name a stack of the project ${own}, got one of ${project}.`, 2);
    }
    return { org, project, stack };
}

/**
 * Whether the backend has a stack of that name.
 *
 * @param listed names in `pulumi stack ls`. Their parts depend on the backend.
 * @throws UserError if the name matches more than one stack.
 */
export function hasStack(listed: string[], { org, stack }: StackName): boolean {
    const meant = listed.filter((name) => {
        const parts = name.split("/");
        return parts.at(-1) === stack && (org === undefined || parts.length === 1 || parts[0] === org);
    });
    if (meant.length <= 1) return meant.length === 1;
    throw new UserError(
        `Expected --stack to match one stack, but ${stack} matches ${meant.join(" and ")}. Use the full name, ORG/PROJECT/STACK.`,
        2,
    );
}
