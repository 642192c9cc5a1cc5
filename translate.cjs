// Translates this project's TypeScript at load time, without type checks, which `npm run check` does.
//
// Pulumi's own support loads the compiler and ts-node, about a second of CPU time at every preview and every update.
// main.cjs, policy/main.cjs, the commands and the tests load this file instead.
const { existsSync, readFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");

// Keeps V8's compiled code between runs. Has no effect if the folder is not writable.
Module.enableCompileCache?.(join(__dirname, "node_modules", ".cache", "istio-tracing"));

require("./lazy.cjs");
const { transformSync } = require("@swc/core");

Module._extensions[".ts"] = (module, filename) => {
    module._compile(translate(filename, false).code, filename);
};

// Source maps are created only for a stack trace, because loading them takes half a second in every command.
exports.originalStack = (stack) =>
    stack.replace(/([^\s():]+\.ts):(\d+):(\d+)/g, (place, filename, line, column) => {
        if (!existsSync(filename)) return place;
        const map = new Module.SourceMap(JSON.parse(translate(filename, true).map));
        const { lineNumber, columnNumber } = map.findOrigin(Number(line), Number(column));
        return lineNumber === undefined ? place : `${filename}:${lineNumber}:${columnNumber}`;
    });

function translate(filename, sourceMaps) {
    return transformSync(readFileSync(filename, "utf8"), {
        filename,
        sourceMaps,
        swcrc: false,
        jsc: { parser: { syntax: "typescript" }, target: "es2023" },
        module: { type: "commonjs" },
    });
}
