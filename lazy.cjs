// Loads parts of packages when they are first used, not whenever a program starts.
//
// Pulumi's SDK needs some to serialize functions, as dynamic providers are, and for its automation API; this program has
// neither. They take a third of the SDK's own time to load. The Kubernetes client has a class for every kind of object,
// which take two thirds of its time; this project asks by paths.
const Module = require("node:module");
const { dirname } = require("node:path");
const { fileURLToPath } = require("node:url");

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

/** What the client's files for kubeconfigs and for forwarded ports import of the generated classes. */
const GENERATED = ["createConfiguration", "ServerConfiguration", "AppsV1Api", "CoreV1Api"];

Module.registerHooks?.({
    resolve: (specifier, context, next) => {
        const { parentURL = "" } = context;
        const isLate = specifier === "./gen/index.js" && /client-node\/dist\/(config|portforward)\.js$/.test(parentURL);
        if (!isLate) return next(specifier, context);
        return { url: lateModule(dirname(fileURLToPath(parentURL))), format: "module", shortCircuit: true };
    },
});

/** A module whose exports load the real ones when they are called or constructed. */
function lateModule(folder) {
    const lines = GENERATED.map((name) => `export const ${name} = late(${JSON.stringify(name)});`);
    const source = `
        const { createRequire } = process.getBuiltinModule("node:module");
        const real = (name) => createRequire(${JSON.stringify(`${folder}/`)})("./gen/index.js")[name];
        const late = (name) => new Proxy(function () {}, {
            construct: (_, given) => Reflect.construct(real(name), given),
            apply: (_, self, given) => Reflect.apply(real(name), self, given),
        });
        ${lines.join("\n")}`;
    return `data:text/javascript,${encodeURIComponent(source)}`;
}
