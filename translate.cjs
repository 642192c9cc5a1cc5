// Translates this project's TypeScript as it is loaded, without checking types: `npm run check` does that.
//
// Pulumi's own support loads the compiler and ts-node, about a second of CPU time at every preview and every update.
// main.cjs and policy/main.cjs load this file in its place.
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");
const { transformSync } = require("@swc/core");

// V8's compiled code, kept between runs. Has no effect where the folder cannot be written.
Module.enableCompileCache?.(join(__dirname, "node_modules", ".cache", "istio-tracing"));

Module._extensions[".ts"] = (module, filename) => {
    const { code } = transformSync(readFileSync(filename, "utf8"), {
        filename,
        swcrc: false,
        jsc: { parser: { syntax: "typescript" }, target: "es2023" },
        module: { type: "commonjs" },
    });
    module._compile(code, filename);
};
