import { dirname, resolve } from "node:path";

/**
 * A file as whoever called the command means it. npm runs commands in the project's folder, and says in INIT_CWD where it
 * was called itself: by `npm --prefix`, or from a folder below.
 */
export function callerPath(file: string, environment: NodeJS.ProcessEnv = process.env, here = process.cwd()): string {
    const { INIT_CWD: called, npm_package_json: manifest } = environment;
    // A command that npm has not moved, but that runs below another npm, inherits its variables.
    const moved = called !== undefined && manifest !== undefined && dirname(manifest) === here;
    return resolve(moved ? called : here, file);
}
