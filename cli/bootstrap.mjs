// Runs a command of this project from a fresh clone, whatever Node.js the machine has (18 or newer): installs the
// locked dependencies if they are missing, then starts the pinned Node.js. Imports nothing but Node.js itself.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command, ...args] = process.argv.slice(2);
/** Commands for which `npm ci --omit=dev` is enough. */
const PRODUCTION = [
    "adopt",
    "cleanup",
    "doctor",
    "drift",
    "graph",
    "pack",
    "policy",
    "preflight",
    "repair",
    "settings",
];

if (command === undefined || !/^[a-z]+$/.test(command) || !existsSync(join(root, "cli", `${command}.ts`))) {
    console.error(`error: expected a command of this project, got ${JSON.stringify(command ?? "")}; see "npm run".`);
    process.exit(2);
}

installDependencies();
// Caches the translation, so that a command starts in a fraction of a second.
const compileCache = process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "istio-tracing");
const translator = join(root, "translate.cjs");
// Colors are only for terminals. Otherwise, a CI that asks for colors would get them in its log files.
const plain = process.stdout.isTTY || process.env.FORCE_COLOR !== undefined ? {} : { NO_COLOR: "1" };
const child = spawn(pinnedNode(), ["--require", translator, join(root, "cli", `${command}.ts`), ...args], {
    stdio: "inherit",
    env: { ...process.env, ...plain, NODE_COMPILE_CACHE: compileCache },
});
// The terminal sends Ctrl-C to the whole process group. The command handles it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
        if (signal !== "SIGINT") child.kill(signal);
    });
}
child.on("error", (error) => {
    console.error(`error: could not start the pinned Node.js: ${error.message}. Run "npm ci" and try again.`);
    process.exit(1);
});
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 130));

/** Runs `npm ci` if node_modules does not match package-lock.json. */
function installDependencies() {
    if (isInstalled()) return;
    // A link belongs to another checkout: npm would delete the contents of its target.
    if (lstatSync(join(root, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink()) return;
    console.error("Installing the locked npm packages (once, about 30 s) ...");
    const started = Date.now();
    const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
        cwd: root,
        stdio: ["ignore", "inherit", "inherit"],
    });
    if (result.status !== 0) {
        console.error(`error: "npm ci" failed. Fix the problem in its messages above, then run this command again.`);
        process.exit(1);
    }
    console.error(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** True if npm's record of installed packages contains everything in package-lock.json that the command needs. */
function isInstalled() {
    const record = join(root, "node_modules", ".package-lock.json");
    if (!existsSync(record)) return false;
    const packages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
    const installed = packages(record);
    return Object.entries(packages(join(root, "package-lock.json"))).every(([path, wanted]) => {
        // npm omits optional packages for other platforms, and packages for development with --omit=dev.
        const spared = wanted.optional || (PRODUCTION.includes(command) && (wanted.dev || wanted.devOptional));
        if (path === "" || (spared && !(path in installed))) return true;
        return installed[path]?.version === wanted.version && installed[path].integrity === wanted.integrity;
    });
}

/**
 * The Node.js of the npm package `node-<platform>-<arch>` if it is installed, otherwise this one if it is new enough.
 */
function pinnedNode() {
    const pinned = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
    if (existsSync(pinned)) return pinned;
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
    console.error(
        `error: expected Node.js 22.19 or newer, got ${process.versions.node}, and there is no pinned Node.js for ` +
            `${process.platform}-${process.arch}. Install Node.js 24 and run this again.`,
    );
    process.exit(1);
}
