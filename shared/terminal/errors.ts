/**
 * An error that the user can fix. Only its message is shown, never a stack trace.
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

/** The first line of another program's error. The rest may quote a file with credentials. */
export function firstLine({ message }: Error): string {
    // oxlint-disable-next-line project/no-decision-on-words -- It is only shortened for display; nothing depends on it.
    return message.split("\n", 1)[0] ?? "";
}
