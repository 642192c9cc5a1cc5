/** A part of the project whose files may import the same rooms. */
export interface Room {
    /** The name in CONTRIBUTING. */
    name: string;
    /** Pattern of its files' paths. */
    path: string;
    holds: string;
    /** Names of other rooms and of {@link SETS}. @default none */
    mayImport?: readonly string[] | "everything";
    /** npm packages, with `*` for any part of a name. Of other packages, a room may import only types. @default none */
    packages?: readonly string[] | "all";
    /** True if the room needs the packages for development. @default false */
    development?: boolean;
}

const PLAIN_DATA = ["shared/values", "shared/names", "shared/kubernetes"];
const VALUES_OF_COMPONENTS =
    "(adopted|charts|cni|collector|doctorName|kafka|metrics|namespaceTracing|ownNamespaces|pods|resources|revision|roles|storage|tier|ui|versions)\\.ts$";

/** Sets of rooms, by name. */
export const SETS: Record<string, readonly string[]> = {
    /** Rooms without input, output and packages. */
    "plain data": PLAIN_DATA,
    "ground floor": [
        ...PLAIN_DATA,
        ...["shared/terminal", "shared/cluster", "shared/helm", "shared/jaeger", "shared/stacks", "shared/reports"],
    ],
    program: ["checks", "values of components", "components/render", "components/settings", "components"],
};

/** The rooms, from the ground up. `npm run check` compares every import with this list. */
export const ROOMS: Room[] = [
    { name: "shared/values", path: "^shared/values/", holds: "plain objects, lists, patterns" },
    { name: "shared/names", path: "^shared/names/", holds: "well-known ports, labels and container names" },
    {
        name: "shared/kubernetes",
        path: "^shared/kubernetes/",
        holds: "object types, manifests, label selectors, quantities",
        mayImport: ["shared/values", "shared/names"],
    },
    {
        name: "translate.cjs",
        path: "^(lazy|translate)\\.cjs$",
        holds: "translates TypeScript, and loads parts of packages late",
        packages: ["@swc/core"],
    },
    {
        name: "shared/terminal",
        path: "^shared/terminal/",
        holds: "user errors, options, steps and other terminal output",
        mayImport: ["shared/values", "translate.cjs"],
        packages: ["listr2", "picocolors"],
    },
    {
        name: "shared/cluster",
        path: "^shared/cluster/",
        holds: "the API server's client, the kubeconfig target",
        mayImport: ["plain data", "shared/terminal"],
        packages: ["@kubernetes/client-node"],
    },
    {
        name: "shared/helm",
        path: "^shared/helm/",
        holds: "how helm finds the chart of a Release",
        mayImport: ["shared/values"],
    },
    { name: "shared/jaeger", path: "^shared/jaeger/", holds: "the client of Jaeger's query API, traces" },
    {
        name: "shared/stacks",
        path: "^shared/stacks/",
        holds: "stack files, merged as Pulumi merges them",
        mayImport: ["shared/values", "shared/terminal"],
        packages: ["yaml"],
    },
    { name: "shared/reports", path: "^shared/reports/", holds: "JUnit XML, escapes" },
    {
        name: "shared/certificates",
        path: "^shared/certificates/",
        holds: "certificates for the lab and for tests",
        packages: ["@peculiar/asn1-schema", "@peculiar/asn1-x509"],
        development: true,
    },
    {
        name: "shared/markdown",
        path: "^shared/markdown/",
        holds: "Markdown that commands write",
        packages: ["oxfmt"],
        development: true,
    },
    {
        name: "checks",
        path: "^checks/",
        holds: "rules by subject: pure functions from plain objects to findings",
        mayImport: ["plain data"],
        packages: ["yaml"],
    },
    {
        name: "values of components",
        path: `^components/${VALUES_OF_COMPONENTS}`,
        holds: "`versions.ts`, `collector.ts` and others: types and pins",
        mayImport: ["plain data", "checks"],
        packages: ["@pulumi/*"],
    },
    {
        name: "components/render",
        path: "^components/render/",
        holds: "pure functions from settings to plain objects",
        mayImport: ["plain data", "checks", "values of components"],
        packages: ["@pulumi/*"],
    },
    {
        name: "components/settings",
        path: "^components/settings/",
        holds: "the schema of the stack configuration",
        mayImport: ["plain data", "checks", "values of components", "components/render"],
        packages: ["@pulumi/*", "zod"],
    },
    {
        name: "components",
        path: `^components/(?!${VALUES_OF_COMPONENTS})[^/]*$`,
        holds: "the product: one component per file",
        mayImport: ["plain data", "shared/cluster", "program"],
        packages: ["@pulumi/*", "zod"],
    },
    {
        name: "index.ts",
        path: "^index\\.ts$",
        holds: "the program: settings, components, outputs",
        mayImport: ["plain data", "program"],
        packages: ["@pulumi/*"],
    },
    {
        name: "main.cjs",
        path: "^main\\.cjs$",
        holds: "where Pulumi enters the program",
        mayImport: ["index.ts", "translate.cjs"],
    },
    {
        name: "policy",
        path: "^policy/",
        holds: "the policy pack: one file per rule, in front of `checks`",
        mayImport: ["plain data", "checks", "translate.cjs"],
        packages: ["@pulumi/*", "yaml"],
    },
    {
        name: "plan.ts",
        path: "^plan\\.ts$",
        holds: "the program's resources without a cluster",
        mayImport: ["plain data", "program", "index.ts", "policy"],
        packages: ["@pulumi/*"],
    },
    {
        name: "doctor",
        path: "^doctor/",
        holds: "probes, evidence from the live path, findings, reports",
        mayImport: ["ground floor", "checks"],
        packages: ["@kubernetes/client-node", "picocolors", "tar-stream", "yaml"],
    },
    {
        name: "dashboards",
        path: "^dashboards/",
        holds: "the source of the Grafana dashboards, and their JSON, which the program reads",
        packages: ["@grafana/grafana-foundation-sdk"],
        development: true,
    },
    {
        name: "lab",
        path: "^lab/",
        holds: "the cluster, its images, the engine",
        mayImport: ["ground floor", "shared/certificates"],
        packages: "all",
        development: true,
    },
    {
        name: "cli/fromLab",
        path: "^cli/fromLab/",
        holds: "the parts of this checkout's lab that the next room uses",
        mayImport: ["lab"],
    },
    {
        name: "cli, for any cluster",
        path: "^cli/(adopt|cleanup|cluster|doctor|drift|graph|policy|preflight|repair|settings)(/|\\.ts$)",
        holds: "one file per command",
        mayImport: ["ground floor", "program", "policy", "plan.ts", "doctor", "cli/fromLab"],
        packages: ["diff", "js-yaml", "picocolors", "yaml"],
    },
    {
        name: "bench",
        path: "^bench/",
        holds: "benchmarks, and the programs that they compare with below `peers/`",
        mayImport: [
            "ground floor",
            "program",
            "policy",
            "plan.ts",
            "doctor",
            "cli, for any cluster",
            "lab",
            "shared/markdown",
        ],
        packages: "all",
        development: true,
    },
    {
        name: "cli, for development",
        path: "^cli/(bench|check|checkpoints|contract|demo|docs|golden|lab|pack|test)(/|\\.ts$)",
        holds: "one file per command",
        mayImport: "everything",
        packages: "all",
        development: true,
    },
    { name: "cli/bootstrap.mjs", path: "^cli/bootstrap\\.mjs$", holds: "starts a command from a fresh clone" },
    {
        name: "tests of the product",
        path: "^tests/(unit/(?!bench/|cli/|lab/)|golden/|policy/)",
        holds: "`unit`, `golden` and `policy`, mirroring the above",
        mayImport: [
            "ground floor",
            "program",
            "policy",
            "plan.ts",
            "doctor",
            "index.ts",
            "cli, for any cluster",
            "shared/certificates",
        ],
        packages: "all",
        development: true,
    },
    {
        name: "other tests",
        path: "^tests/(contract|lab|upgrade|unit/(bench|cli|lab))/",
        holds: "`lab`, `contract`, `upgrade`; unit tests for lab, bench, commands",
        mayImport: "everything",
        packages: "all",
        development: true,
    },
];

/** The names of the rooms that a room may import, without itself. */
export function importsOf({ name: own, mayImport = [] }: Room): string[] {
    const names = mayImport === "everything" ? ROOMS.map(({ name }) => name) : mayImport;
    return names.flatMap((name) => SETS[name] ?? [name]).filter((name) => name !== own);
}
