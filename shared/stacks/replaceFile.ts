import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { UserError } from "../terminal/errors";

/**
 * Replaces the content of a file. Writes it beside the file first, so that a full disk or a signal leaves the former file
 * as it was.
 *
 * @param before the content that the new one was made of.
 * @throws UserError with exit code 1 if the file has another content by now.
 */
export function replaceFile(file: string, before: string, text: string): void {
    const temporary = `${file}.${String(process.pid)}.new`;
    try {
        writeFileSync(temporary, text, { flag: "wx" });
        chmodSync(temporary, statSync(file).mode);
        if (readFileSync(file, "utf8") !== before) {
            throw new UserError(
                `${basename(file)}: expected no change while this command ran, got one. Nothing was written to it. ` +
                    "Next: run this command again.",
                1,
            );
        }
        renameSync(temporary, file);
    } finally {
        rmSync(temporary, { force: true });
    }
}
