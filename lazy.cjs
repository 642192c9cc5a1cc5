// Loads parts of Pulumi's SDK when they are first used, not whenever a program starts.
//
// The SDK needs them to serialize functions, as dynamic providers are, and for its automation API; this program has
// neither. They take a third of the SDK's own time to load.
const Module = require("node:module");

/** What is loaded late, and whether it is a compiled ES module, which compiled imports ask before they use anything. */
const LAZY = new Map([
    ["@npmcli/arborist", true],
    ["typescript", true],
    ["./automation", true],
    ["normalize-package-data", undefined],
]);
const load = Module._load;

Module._load = function (request, parent, isMain) {
    const fromPulumi = /[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "");
    if (!fromPulumi || !LAZY.has(request)) return load.call(this, request, parent, isMain);
    // Fails at once where it is missing: the SDK falls back on a copy of its own then.
    Module._resolveFilename(request, parent);
    const real = () => load.call(this, request, parent, false);
    // A function, for a package that is one.
    return new Proxy(() => undefined, {
        get: (_, key) => (key === "__esModule" ? LAZY.get(request) : real()[key]),
        has: (_, key) => key in real(),
        apply: (_, self, given) => Reflect.apply(real(), self, given),
    });
};
