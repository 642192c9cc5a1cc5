import pc from "picocolors";
import { originalStack } from "../../translate.cjs";
import { redact } from "../values/redact";
import { UserError } from "./errors";

/**
 * Runs a command's main function and turns its result into the exit code of the process.
 *
 * Prints only the message of a {@link UserError}. Any other error is a bug of this project, and is printed with its
 * stack trace.
 */
export function runCommand(main: (args: string[]) => Promise<number>): void {
    // A reader such as `head` may close the output early, which is not an error of the command.
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "EPIPE") process.exit();
        throw error;
    });
    main(process.argv.slice(2)).then(
        (code) => {
            process.exitCode = code;
        },
        (error: unknown) => {
            // Compares the name: an import of the class would load Pulumi into every command.
            if (error instanceof Error && error.name === "SettingsError") {
                process.stderr.write(`${pc.red("error:")} ${redact(error.message)}\n`);
                process.exitCode = 2;
                return;
            }
            if (error instanceof UserError) {
                process.stderr.write(`${pc.red("error:")} ${redact(error.message)}\n`);
                process.exitCode = error.exitCode;
                return;
            }
            const detail = error instanceof Error ? originalStack(error.stack ?? error.message) : String(error);
            process.stderr.write(
                `${pc.red("internal error")} (please report it, including these lines):\n${redact(detail)}\n`,
            );
            process.exitCode = 70;
        },
    );
}
