/**
 * A fault that the user can mend: shown as its message alone, never with a stack.
 *
 * The message says what was expected, what was got, and the next step.
 */
export class UserError extends Error {
    /** Exit code of the command. */
    public readonly exitCode: number;

    constructor(message: string, exitCode = 1) {
        super(message);
        this.name = "UserError";
        this.exitCode = exitCode;
    }
}

/** The first line of another program's error: the rest may quote a file, which may hold credentials. */
export function firstLine({ message }: Error): string {
    // eslint-disable-next-line no-restricted-syntax -- It is shown shorter; nothing is decided by it.
    return message.split("\n", 1)[0] ?? "";
}
