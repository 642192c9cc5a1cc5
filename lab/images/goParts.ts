import * as fs from "node:fs";
import * as path from "node:path";
import { type CacheEntry, cacheEntry, contentKey, fileDigests } from "./cache";
import { COLLECTOR_IMAGE, IMAGE_NAMES, ISTIO_HUB, ISTIO_VERSION, METRICS_SERVER_IMAGE, tagOf } from "./names";

/** Folder of the lab's Go modules. */
export const SOURCES = path.join(__dirname, "go");

/** Programs that are built in one `go build` from one Go module of ours under `go/`. */
export interface GoPart {
    /** Name in progress lines, and of the cache entry. */
    name: string;
    /**
     * Folder under `go/` with the go.mod. Parts of one module use the same libraries, so what one of them compiles serves
     * the others.
     * @default name
     */
    module?: string;
    /** Version of the upstream program, without `v`; the lab's own programs have none. */
    version?: string;
    /** Program name to package path. */
    programs: Record<string, string>;
    /** Values that upstream's own release build sets in the binary: variable to value. */
    variables?: Record<string, string>;
    /** Further files of the upstream module: name in the artifacts to path in the module. */
    files?: { module: string; paths: Record<string, string> };
    /** Dependencies that are built without a part that no program of ours calls. */
    reduced?: readonly ReducedModule[];
    /** Packages that a cold build compiles after the parts before it, about; for the progress lines. */
    packages: number;
    /** Approximate time of a cold build on two cores. */
    usualSeconds: number;
}

/** A module of which one package, and all that only this package imports, is replaced by a stub. */
export interface ReducedModule {
    /** Path of the module. */
    module: string;
    /** Folder of the package in the module. */
    folder: string;
    /** Our Go file that takes its place, in the part's own folder. */
    stub: string;
}

const KUBERNETES = "1.34.4";
const [kubernetesMajor = "", kubernetesMinor = ""] = KUBERNETES.split(".");
const HELM = "3.20.2";

const ISTIO_VARIABLES = {
    "istio.io/istio/pkg/version.buildVersion": ISTIO_VERSION,
    "istio.io/istio/pkg/version.buildTag": ISTIO_VERSION,
    "istio.io/istio/pkg/version.buildHub": ISTIO_HUB,
    "istio.io/istio/pkg/version.buildStatus": "Clean",
};

/** In build order, so that a missing network or tool causes a failure in the first seconds. */
export const GO_PARTS: readonly GoPart[] = [
    { name: "node", programs: { labnode: "." }, packages: 190, usualSeconds: 20 },
    { name: "http-echo", programs: { "http-echo": "." }, packages: 1, usualSeconds: 1 },
    {
        name: "kubernetes",
        version: KUBERNETES,
        programs: {
            "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
            "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
            "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
            kubelet: "k8s.io/kubernetes/cmd/kubelet",
            "kube-proxy": "k8s.io/kubernetes/cmd/kube-proxy",
            kubectl: "k8s.io/kubernetes/cmd/kubectl",
        },
        variables: {
            "k8s.io/component-base/version.gitVersion": `v${KUBERNETES}`,
            "k8s.io/component-base/version.gitMajor": kubernetesMajor,
            "k8s.io/component-base/version.gitMinor": kubernetesMinor,
            "k8s.io/component-base/version.gitTreeState": "clean",
            "k8s.io/client-go/pkg/version.gitVersion": `v${KUBERNETES}`,
        },
        packages: 2470,
        usualSeconds: 325,
    },
    {
        name: "etcd",
        module: "kubernetes",
        // The version whose client is in the API server: so both use the same libraries.
        version: "3.6.4",
        programs: { etcd: "go.etcd.io/etcd/server/v3" },
        packages: 110,
        usualSeconds: 10,
    },
    {
        name: "istio",
        version: ISTIO_VERSION,
        programs: {
            "pilot-discovery": "istio.io/istio/pilot/cmd/pilot-discovery",
            "pilot-agent": "istio.io/istio/pilot/cmd/pilot-agent",
            "istio-charts": "./istio-charts",
        },
        variables: ISTIO_VARIABLES,
        files: {
            module: "istio.io/istio",
            paths: { "envoy_bootstrap.json": "tools/packaging/common/envoy_bootstrap.json" },
        },
        packages: 1590,
        usualSeconds: 250,
    },
    {
        name: "helm",
        module: "istio",
        version: HELM,
        programs: { helm: "helm.sh/helm/v3/cmd/helm" },
        variables: {
            "helm.sh/helm/v3/internal/version.version": `v${HELM}`,
            "helm.sh/helm/v3/internal/version.gitTreeState": "clean",
        },
        packages: 275,
        usualSeconds: 20,
    },
    {
        name: "coredns",
        module: "istio",
        version: tagOf(IMAGE_NAMES.coredns).replace(/^v/, ""),
        programs: { coredns: "./coredns" },
        packages: 95,
        usualSeconds: 10,
    },
    {
        name: "jaeger",
        version: tagOf(IMAGE_NAMES.jaeger),
        programs: { jaeger: "github.com/jaegertracing/jaeger/cmd/jaeger" },
        variables: {
            "github.com/jaegertracing/jaeger/internal/version.latestVersion": `v${tagOf(IMAGE_NAMES.jaeger)}`,
        },
        files: {
            module: "github.com/jaegertracing/jaeger",
            paths: { "sampling-strategies.json": "cmd/jaeger/sampling-strategies.json" },
        },
        // Elasticsearch's typed client: 850 packages, a third of Jaeger's sources, none of which Jaeger calls.
        reduced: [{ module: "github.com/elastic/go-elasticsearch/v9", folder: "typedapi", stub: "stubs/typedapi.go" }],
        packages: 1180,
        usualSeconds: 160,
    },
];

/** istioctl. Few commands use it, so it is built when one first needs it. */
export const ISTIOCTL: GoPart = {
    name: "istioctl",
    module: "istio",
    version: ISTIO_VERSION,
    programs: { istioctl: "istio.io/istio/istioctl/cmd/istioctl" },
    variables: ISTIO_VARIABLES,
    packages: 110,
    usualSeconds: 30,
};

/** Istio's CNI plugin and its agent. Few stacks use them, so they are built when one first needs them. */
export const ISTIO_CNI: GoPart = {
    // Its go.mod is that of istio, and its go.sum has a little more: parts that every lab needs stay as they are built.
    name: "istio-cni",
    version: ISTIO_VERSION,
    programs: {
        "install-cni": "istio.io/istio/cni/cmd/install-cni",
        "istio-cni": "istio.io/istio/cni/cmd/istio-cni",
    },
    variables: ISTIO_VARIABLES,
    packages: 210,
    usualSeconds: 90,
};

/** What deletes old indices of Jaeger. Only tests of storages use it, so it is built when one first does. */
export const INDEX_CLEANER: GoPart = {
    name: "es-index-cleaner",
    module: "jaeger",
    version: tagOf(IMAGE_NAMES.jaeger),
    programs: { "es-index-cleaner": "github.com/jaegertracing/jaeger/cmd/es-index-cleaner" },
    packages: 20,
    usualSeconds: 10,
};

/** What finds pods for Debian's Prometheus. Few stacks deploy one, so it is built when one first does. */
export const PROMETHEUS_DISCOVERY: GoPart = {
    name: "prometheus",
    programs: { "prometheus-discovery": "." },
    packages: 1,
    usualSeconds: 2,
};

/** The OpenTelemetry Collector. Few stacks have a Collector tier, so it is built when one first needs it. */
export const COLLECTOR: GoPart = {
    name: "collector",
    version: tagOf(COLLECTOR_IMAGE),
    programs: { otelcol: "." },
    variables: { "main.version": tagOf(COLLECTOR_IMAGE) },
    packages: 650,
    usualSeconds: 240,
};

/** What tells autoscalers how much CPU pods use. Only tests of autoscalers need it, so it is built when one first does. */
export const METRICS_SERVER: GoPart = {
    name: "metrics-server",
    version: tagOf(METRICS_SERVER_IMAGE).replace(/^v/, ""),
    programs: { "metrics-server": "sigs.k8s.io/metrics-server/cmd/metrics-server" },
    packages: 900,
    usualSeconds: 240,
};

/** Folder of a part's go.mod. */
export function moduleFolder(part: GoPart): string {
    return path.join(SOURCES, part.module ?? part.name);
}

/**
 * The same for all parts, since Go compiles a package anew for other flags. What the linker leaves out (`-w`) need not be
 * compiled: the functions in a program are the same with and without it.
 */
export const COMPILER_FLAGS = ["-gcflags", "all=-dwarf=false"];

/** `-ldflags` of a part. */
export function linkerFlags(part: GoPart): string {
    const variables = Object.entries(part.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
    return ["-s -w", ...variables].join(" ");
}

/**
 * The cache entry of a part. Its key does not contain the Go version: go.mod names the oldest one, and the results of
 * newer ones are equivalent, so that an upgrade of Go does not cost half an hour.
 */
export function goEntry(cacheDir: string, part: GoPart): CacheEntry {
    const key = contentKey({
        layout: 1,
        platform: `${process.platform}-${process.arch}`,
        programs: part.programs,
        files: part.files ?? null,
        flags: linkerFlags(part),
        sources: fileDigests(moduleFolder(part), sourcesOf(part)),
        ...(part.reduced && { reduced: part.reduced }),
    });
    return cacheEntry(cacheDir, `go-${part.name}`, key);
}

/** Files of a part's folder that go into its programs: what lies beside go.mod, our own packages and stubs. */
function sourcesOf(part: GoPart): string[] {
    const own = Object.values(part.programs).filter((source) => source.startsWith("./"));
    const folder = moduleFolder(part);
    const filesIn = (inside: string): string[] =>
        fs
            .readdirSync(path.join(folder, inside), { withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => path.join(inside, entry.name));
    return [...[".", ...own].flatMap(filesIn), ...(part.reduced ?? []).map(({ stub }) => stub)];
}
