import * as path from "node:path";
import { type CacheEntry, cacheEntry, contentKey, fileDigests } from "./cache";
import { IMAGE_NAMES, ISTIO_HUB, ISTIO_VERSION, tagOf } from "./names";

/** Folder of the lab's Go modules. */
export const SOURCES = path.join(__dirname, "go");

/** One Go module under `go/`, and the programs that one `go build` builds from it. */
export interface GoPart {
    /** Folder under `go/`, and the name in progress lines. */
    name: string;
    /** Version of the upstream program, without `v`; the lab's own programs have none. */
    version?: string;
    /** Program name to package path. */
    programs: Record<string, string>;
    /** Values that upstream's own release build sets in the binary: variable to value. */
    variables?: Record<string, string>;
    /** Further files of the upstream module: name in the artifacts to path in the module. */
    files?: { module: string; paths: Record<string, string> };
    /** Approximate number of packages in a cold build, for the progress lines. */
    packages: number;
    /** Approximate time of a cold build on two cores. */
    usualSeconds: number;
}

const KUBERNETES = "1.34.4";
const [kubernetesMajor = "", kubernetesMinor = ""] = KUBERNETES.split(".");
const HELM = "3.20.2";

/** In build order, so that a missing network or tool causes a failure in the first seconds. */
export const GO_PARTS: readonly GoPart[] = [
    { name: "node", programs: { labnode: "." }, packages: 150, usualSeconds: 20 },
    { name: "http-echo", programs: { "http-echo": "." }, packages: 100, usualSeconds: 10 },
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
        packages: 2650,
        usualSeconds: 330,
    },
    {
        name: "etcd",
        version: "3.6.5",
        programs: { etcd: "go.etcd.io/etcd/server/v3" },
        packages: 240,
        usualSeconds: 20,
    },
    {
        name: "istio",
        version: ISTIO_VERSION,
        programs: {
            "pilot-discovery": "istio.io/istio/pilot/cmd/pilot-discovery",
            "pilot-agent": "istio.io/istio/pilot/cmd/pilot-agent",
            istioctl: "istio.io/istio/istioctl/cmd/istioctl",
            "istio-charts": "./istio-charts",
        },
        variables: {
            "istio.io/istio/pkg/version.buildVersion": ISTIO_VERSION,
            "istio.io/istio/pkg/version.buildTag": ISTIO_VERSION,
            "istio.io/istio/pkg/version.buildHub": ISTIO_HUB,
            "istio.io/istio/pkg/version.buildStatus": "Clean",
        },
        files: {
            module: "istio.io/istio",
            paths: { "envoy_bootstrap.json": "tools/packaging/common/envoy_bootstrap.json" },
        },
        packages: 1870,
        usualSeconds: 275,
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
        packages: 2000,
        usualSeconds: 230,
    },
    {
        name: "helm",
        version: HELM,
        programs: { helm: "helm.sh/helm/v3/cmd/helm" },
        variables: {
            "helm.sh/helm/v3/internal/version.version": `v${HELM}`,
            "helm.sh/helm/v3/internal/version.gitTreeState": "clean",
        },
        packages: 900,
        usualSeconds: 60,
    },
    {
        name: "coredns",
        version: tagOf(IMAGE_NAMES.coredns).replace(/^v/, ""),
        programs: { coredns: "." },
        packages: 700,
        usualSeconds: 60,
    },
];

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
        sources: fileDigests(path.join(SOURCES, part.name)),
    });
    return cacheEntry(cacheDir, `go-${part.name}`, key);
}
