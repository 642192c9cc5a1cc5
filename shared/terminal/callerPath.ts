import { dirname, resolve } from "node:path";

/**
 * Resolves a file relative to the caller's folder. npm runs commands in the project's folder, and sets INIT_CWD to the
 * folder in which npm itself was called, such as a subfolder or the folder of `npm --prefix`.
 */
export function callerPath(file: string, environment: NodeJS.ProcessEnv = process.env, here = process.cwd()): string {
    const { INIT_CWD: called, npm_package_json: manifest } = environment;
    // A command inside another npm run that keeps its own folder inherits these variables.
    const moved = called !== undefined && manifest !== undefined && dirname(manifest) === here;
    return resolve(moved ? called : here, file);
}
