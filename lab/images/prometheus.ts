import * as path from "node:path";
import type { ImageArchive } from "./artifacts";
import { type CacheEntry, cacheDirectory, cacheEntry, contentKey } from "./cache";
import { SUITE } from "./debian";
import { ensureUnpacked } from "./debianPackages";
import { PROMETHEUS_DISCOVERY } from "./goParts";
import { directory, program } from "./layer";
import { PROMETHEUS_IMAGE } from "./names";
import { ensureImage, type OnDemandImage } from "./onDemandImage";
import type { Report } from "./report";

/** Debian's package of Prometheus 2.42, with promtool. */
const PACKAGE = "prometheus";

/** The image of Prometheus. Only stacks with `metrics.deployPrometheus` need it. */
export async function ensurePrometheusImage(
    report: Report,
    cacheDir: string = cacheDirectory(),
): Promise<ImageArchive> {
    const unpacked = await ensurePrograms(report, cacheDir);
    return ensureImage(imageOf(unpacked, programsEntry(cacheDir).key), report, cacheDir);
}

/** Paths of Prometheus and of promtool, which tests rules; from the cache, which it fills from Debian if needed. */
export async function ensurePrometheusPrograms(
    report: Report,
    cacheDir: string = cacheDirectory(),
): Promise<Record<"prometheus" | "promtool", string>> {
    const folder = path.join(await ensurePrograms(report, cacheDir), "usr/bin");
    return { prometheus: path.join(folder, "prometheus"), promtool: path.join(folder, "promtool") };
}

/** Unpacks the package alone: its programs need nothing but the C library. */
function ensurePrograms(report: Report, cacheDir: string): Promise<string> {
    const isWanted = (name: string): boolean => name === PACKAGE;
    const wanted = { name: "prometheus", packages: [PACKAGE], isWanted };
    return ensureUnpacked(report, cacheDir, () => programsEntry(cacheDir), wanted);
}

function programsEntry(cacheDir: string): CacheEntry {
    return cacheEntry(cacheDir, "prometheus", contentKey({ SUITE, PACKAGE, arch: process.arch }));
}

/**
 * Entrypoint, user and paths are those of the upstream image. Debian builds Prometheus without Kubernetes service discovery,
 * so a program of ours finds the pods and starts it.
 */
function imageOf(unpacked: string, key: string): OnDemandImage {
    return {
        ...{ image: PROMETHEUS_IMAGE, name: "prometheus", source: "prometheus.ts" },
        ...{ part: PROMETHEUS_DISCOVERY, inputs: key },
        config: {
            ...{ user: "nobody", entrypoint: ["/bin/prometheus"], workingDir: "/prometheus" },
            ...{ ports: ["9090/tcp"], volumes: ["/prometheus"] },
        },
        layers: (discovery) => [
            [
                program("bin/prometheus", path.join(discovery, "prometheus-discovery")),
                program("bin/prometheus-debian", path.join(unpacked, "usr/bin/prometheus")),
                program("bin/promtool", path.join(unpacked, "usr/bin/promtool")),
                directory("prometheus", { uid: 65534, gid: 65534 }),
            ],
        ],
    };
}
