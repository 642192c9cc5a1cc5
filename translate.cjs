// Translates this project's TypeScript at load time, without type checks, which `npm run check` does.
//
// Pulumi's own support loads the compiler and ts-node, about a second of CPU time at every preview and every update.
// main.cjs, policy/main.cjs, the commands and the tests load this file instead.
const { createHash } = require("node:crypto");
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

const CACHE = join(__dirname, "node_modules", ".cache", "istio-tracing");

// Keeps V8's compiled code between runs. Has no effect if the folder is not writable.
Module.enableCompileCache?.(CACHE);

require("./lazy.cjs");

const hash = (text) => createHash("sha256").update(text).digest("hex");
/** What a translation depends on beside the file: its options, which are in this file, and the translator. */
const TRANSLATOR = hash(readFileSync(__filename, "utf8") + require("@swc/core/package.json").version);

Module._extensions[".ts"] = (module, filename) => {
    module._compile(translated(filename), filename);
};

// Source maps are created only for a stack trace, because loading them takes half a second in every command.
exports.originalStack = (stack) =>
    stack.replace(/([^\s():]+\.ts):(\d+):(\d+)/g, (place, filename, line, column) => {
        if (!existsSync(filename)) return place;
        const map = new Module.SourceMap(JSON.parse(translate(filename, readFileSync(filename, "utf8"), true).map));
        const { lineNumber, columnNumber } = map.findOrigin(Number(line), Number(column));
        return lineNumber === undefined ? place : `${filename}:${lineNumber}:${columnNumber}`;
    });

/** The translation that is kept for the file as it is now, or a new one. It begins with the hash of what it is made of. */
function translated(filename) {
    const source = readFileSync(filename, "utf8");
    const key = hash(TRANSLATOR + source);
    const kept = join(CACHE, "translated", `${hash(filename).slice(0, 32)}.js`);
    try {
        const text = readFileSync(kept, "utf8");
        if (text.startsWith(key)) return text.slice(key.length);
    } catch {
        // There is none yet.
    }
    const { code } = translate(filename, source, false);
    try {
        mkdirSync(join(CACHE, "translated"), { recursive: true });
        // A run that is killed, or one beside this one, leaves a whole file.
        const draft = `${kept}.${process.pid}`;
        writeFileSync(draft, key + code);
        renameSync(draft, kept);
    } catch {
        // The folder is not writable, which costs time alone.
    }
    return code;
}

function translate(filename, source, sourceMaps) {
    // Takes longer to load than a whole project that is translated already.
    const { transformSync } = require("@swc/core");
    return transformSync(source, {
        filename,
        sourceMaps,
        swcrc: false,
        jsc: { parser: { syntax: "typescript" }, target: "es2023" },
        module: { type: "commonjs" },
    });
}
