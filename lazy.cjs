// Loads two packages of Pulumi's SDK when they are first used, not whenever a program starts.
//
// The SDK needs them to serialize functions, as dynamic providers are; this program has none. They take a third of the
// SDK's own time to load.
const Module = require("node:module");

const LAZY = new Set(["@npmcli/arborist", "typescript"]);
const load = Module._load;

Module._load = function (request, parent, isMain) {
    const fromPulumi = /[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "");
    if (!fromPulumi || !LAZY.has(request)) return load.call(this, request, parent, isMain);
    // Fails at once where it is missing: the SDK falls back on a copy of its own then.
    Module._resolveFilename(request, parent);
    const real = () => load.call(this, request, parent, false);
    return new Proxy(
        {},
        {
            // Compiled imports ask for this before anything is used.
            get: (_, key) => (key === "__esModule" ? true : real()[key]),
            has: (_, key) => key in real(),
        },
    );
};
