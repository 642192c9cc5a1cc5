// Compares every import with cli/check/rooms.ts; `npm run check` runs it.
import { createRequire } from "node:module";
import { importsOf, ROOMS } from "./cli/check/rooms.ts";

const { devDependencies } = createRequire(import.meta.url)("./package.json");

const pathOf = (name) => {
    const room = ROOMS.find((candidate) => candidate.name === name);
    if (room === undefined) throw new Error(`cli/check/rooms.ts has no room ${name}`);
    return room.path;
};
const everyRoom = ROOMS.map(({ path }) => path);
const production = ROOMS.filter(({ development }) => development !== true).map(({ path }) => path);

/** A room imports itself and the rooms of its row. */
const imports = ROOMS.map((room) => ({
    name: `imports of ${room.name}`,
    comment: `It may import ${importsOf(room).join(", ") || "no other room"}: see cli/check/rooms.ts.`,
    severity: "error",
    from: { path: room.path },
    to: { path: everyRoom, pathNot: [room.path, ...importsOf(room).map(pathOf)] },
}));

/** A room uses the packages of its row, and types of any other. */
const packages = ROOMS.filter(({ packages }) => packages !== "all").map(({ name, path, packages = [] }) => ({
    name: `packages of ${name}`,
    comment: `It may use ${packages.join(", ") || "Node.js alone"}: see cli/check/rooms.ts.`,
    severity: "error",
    from: { path },
    to: {
        path: "node_modules/",
        pathNot: packages.map((one) => `node_modules/${one.replaceAll("*", "[^/]+")}/`),
        dependencyTypesNot: ["type-only"],
    },
}));

export default {
    forbidden: [
        ...imports,
        ...packages,
        {
            name: "no circle",
            comment: "Put what both need below both.",
            severity: "error",
            from: {},
            to: { circular: true },
        },
        {
            name: "production without packages for development",
            comment: "`npm ci --omit=dev` is enough for this file: move the package to dependencies.",
            severity: "error",
            from: { path: production },
            to: { path: `node_modules/(${Object.keys(devDependencies).join("|")})/`, reachable: true },
        },
        {
            name: "declared packages",
            comment: "Add the package to package.json: what brings it today may not do so tomorrow.",
            severity: "error",
            from: {},
            to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown"], dependencyTypesNot: ["type-only"] },
        },
        { name: "no missing file", severity: "error", from: {}, to: { couldNotResolve: true } },
    ],
    options: {
        // Parts of the project have a package.json of their own, for Pulumi alone.
        combinedDependencies: true,
        doNotFollow: { path: "node_modules" },
        // Packages that name their files only under `exports`.
        enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "node", "default", "types"] },
        tsConfig: { fileName: "tsconfig.json" },
        // Types count as well: a circle of types is a circle for the reader.
        tsPreCompilationDeps: true,
    },
};
