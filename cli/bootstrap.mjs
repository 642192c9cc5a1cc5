// Runs a command of this project from a fresh clone, whatever Node.js the machine has (18 or newer):
// installs the locked dependencies when they are missing, then hands over to the pinned Node.js.
// Imports nothing but Node.js itself.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command, ...args] = process.argv.slice(2);
/** Commands for which `npm ci --omit=dev` is enough. */
const PRODUCTION = ["cleanup", "doctor", "drift", "policy", "preflight", "repair", "settings"];

if (command === undefined || !/^[a-z]+$/.test(command) || !existsSync(join(root, "cli", `${command}.ts`))) {
    console.error(`error: expected a command of this project, got ${JSON.stringify(command ?? "")}; see "npm run".`);
    process.exit(2);
}

installDependencies();
// Translated once and kept: a command of this project starts in a fraction of a second.
const compileCache = process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "istio-tracing");
const translator = join(root, "translate.cjs");
// Colours are for terminals; a CI that says so itself would get them in its log files too.
const plain = process.stdout.isTTY || process.env.FORCE_COLOR !== undefined ? {} : { NO_COLOR: "1" };
const child = spawn(pinnedNode(), ["--require", translator, join(root, "cli", `${command}.ts`), ...args], {
    stdio: "inherit",
    env: { ...process.env, ...plain, NODE_COMPILE_CACHE: compileCache },
});
// The terminal sends Ctrl-C to the whole process group: the command ends itself and says how.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
        if (signal !== "SIGINT") child.kill(signal);
    });
}
child.on("error", (error) => {
    console.error(`error: the pinned Node.js could not be started: ${error.message}; run "npm ci" and try again.`);
    process.exit(1);
});
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 130));

/** Runs `npm ci` when node_modules does not match package-lock.json. */
function installDependencies() {
    if (isInstalled()) return;
    // A link is another checkout's to install: npm would empty what it points to.
    if (lstatSync(join(root, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink()) return;
    console.error("Installing the locked npm packages (once, about 30 s) ...");
    const started = Date.now();
    const result = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
        cwd: root,
        stdio: ["ignore", "inherit", "inherit"],
    });
    if (result.status !== 0) {
        console.error(`error: "npm ci" failed; its messages stand above. Mend what they name and run this again.`);
        process.exit(1);
    }
    console.error(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** True when npm's own record of what it has installed has all that package-lock.json asks for, and the command needs. */
function isInstalled() {
    const record = join(root, "node_modules", ".package-lock.json");
    if (!existsSync(record)) return false;
    const packages = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
    const installed = packages(record);
    return Object.entries(packages(join(root, "package-lock.json"))).every(([path, wanted]) => {
        // Optional ones are left out on machines that they are not for, those of development by --omit=dev.
        const spared = wanted.optional || (PRODUCTION.includes(command) && (wanted.dev || wanted.devOptional));
        if (path === "" || (spared && !(path in installed))) return true;
        return installed[path]?.version === wanted.version && installed[path].integrity === wanted.integrity;
    });
}

/** The Node.js of the npm package `node-<platform>-<arch>` if it is installed, else this one when new enough. */
function pinnedNode() {
    const pinned = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
    if (existsSync(pinned)) return pinned;
    const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
    if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
    console.error(
        `error: Node.js 22.19 or newer is needed, this is ${process.versions.node}, and no pinned one exists for ` +
            `${process.platform}-${process.arch}. Install Node.js 24 and run this again.`,
    );
    process.exit(1);
}
