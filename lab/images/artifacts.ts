import * as fs from "node:fs";
import * as path from "node:path";
import { type CacheEntry, cacheEntry, contentKey, fileDigests } from "./cache";
import { debianEntry, type DebianRoot } from "./debian";
import { goEntry, GO_PARTS, type GoPart } from "./goParts";
import { IMAGE_NAMES, ISTIO_HUB, ISTIO_VERSION } from "./names";
import { ENVOY_WHEEL, wheelEntry } from "./wheel";

/** A docker-archive tar for `ctr images import`. */
export interface ImageArchive {
    /** Absolute path. */
    archive: string;
    /** Names of the images in it. */
    names: string[];
    /** SHA-256 of the archive, in hex. */
    digest: string;
}

/** Everything that a lab is made of, ready to run. */
export interface Artifacts {
    /** Flat folder of programs that need nothing but themselves. */
    binDir: string;
    /** Debian packages unpacked, not installed. */
    debian: DebianRoot;
    /** In the order in which a node wants them. */
    images: ImageArchive[];
    /** Istio's charts: `base/`, `istiod/`, `gateway/`, `cni/`. */
    chartsDir: string;
    /** What is real and which version it is. */
    versions: Record<string, string>;
}

/** The programs of `binDir`, by the part that they come from. */
export const BIN_PROGRAMS: Record<string, string[]> = {
    kubernetes: ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"],
    etcd: ["etcd"],
    helm: ["helm"],
    coredns: ["coredns"],
    node: ["labnode"],
};

/** The cache entries that a lab needs, and the key of them all. */
export interface Plan {
    go: { part: GoPart; entry: CacheEntry }[];
    debian: CacheEntry;
    envoy: CacheEntry;
    images: CacheEntry;
    charts: CacheEntry;
    /** Holds `bin/` and `artifacts.json`: the whole, complete. */
    set: CacheEntry;
}

/** Works out all keys. It reads go.mod, go.sum and sources, and takes a few milliseconds. */
export function planArtifacts(cacheDir: string): Plan {
    const go = GO_PARTS.map((part) => ({ part, entry: goEntry(cacheDir, part) }));
    const debian = debianEntry(cacheDir);
    const envoy = wheelEntry(cacheDir, ENVOY_WHEEL);
    const key = (name: string): string => go.find(({ part }) => part.name === name)?.entry.key ?? "";
    const own = ownSources();

    const images = cacheEntry(
        cacheDir,
        "images",
        contentKey({
            names: IMAGE_NAMES,
            inputs: ["node", "http-echo", "istio", "jaeger", "coredns"].map(key),
            debian: debian.key,
            envoy: envoy.key,
            own: ["imageSet.ts", "baseLayer.ts", "archive.ts", "layer.ts", "tar.ts"].map((file) => own[file] ?? ""),
        }),
    );
    const charts = cacheEntry(
        cacheDir,
        "charts",
        contentKey({ istio: key("istio"), ISTIO_HUB, ISTIO_VERSION, own: own["charts.ts"] ?? "" }),
    );
    const entries = [...go.map(({ entry }) => entry), debian, envoy, images, charts];
    const set = cacheEntry(
        cacheDir,
        "sets",
        contentKey({ entries: entries.map((entry) => entry.key), BIN_PROGRAMS, own: own["artifacts.ts"] ?? "" }),
    );
    return { go, debian, envoy, images, charts, set };
}

function ownSources(): Record<string, string> {
    const names = ["imageSet.ts", "baseLayer.ts", "archive.ts", "layer.ts", "tar.ts", "charts.ts", "artifacts.ts"];
    return fileDigests(__dirname, names);
}

/** The finished artifacts of a plan, if every one of their files is there. */
export function readArtifacts(plan: Plan): Artifacts | undefined {
    let artifacts: Artifacts;
    try {
        artifacts = JSON.parse(fs.readFileSync(path.join(plan.set.folder, "artifacts.json"), "utf8")) as Artifacts;
    } catch {
        return undefined;
    }
    const programs = Object.values(BIN_PROGRAMS).flat();
    const files = [
        ...programs.map((program) => path.join(artifacts.binDir, program)),
        ...artifacts.images.map(({ archive }) => archive),
        artifacts.debian.root,
        artifacts.debian.cniBinDir,
        artifacts.chartsDir,
    ];
    return files.every((file) => fs.existsSync(file)) ? artifacts : undefined;
}
