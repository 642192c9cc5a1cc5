import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Path of a program; undefined if there is none with that name on the PATH. */
export function onPath(program: string): string | undefined {
    return (process.env["PATH"] ?? "")
        .split(delimiter)
        .map((folder) => join(folder, program))
        .find((file) => {
            try {
                accessSync(file, constants.X_OK);
                return true;
            } catch {
                return false;
            }
        });
}
