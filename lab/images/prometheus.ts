import * as fs from "node:fs";
import * as path from "node:path";
import { writeArchive } from "./archive";
import type { ImageArchive } from "./artifacts";
import { baseEntries } from "./baseLayer";
import { type CacheEntry, cacheDirectory, cacheEntry, contentKey, fileDigests, fillEntry } from "./cache";
import { debianEntry, SUITE } from "./debian";
import { ensureUnpacked } from "./debianPackages";
import { buildGoPart } from "./golang";
import { goEntry, PROMETHEUS_DISCOVERY } from "./goParts";
import { directory, program, writeLayer } from "./layer";
import { withLock } from "./lock";
import { PROMETHEUS_IMAGE } from "./names";
import type { Report } from "./report";

/** Debian's package of Prometheus 2.42, with promtool. */
const PACKAGE = "prometheus";
const ARCHIVE = "prometheus.tar";
const DIGEST = "digest";

/**
 * The image of Prometheus, from the cache, or built into it first. Only stacks with `metrics.deployPrometheus` need it, so
 * no lab waits for it. The base of the images is in the cache already, since a lab needs it.
 */
export async function ensurePrometheusImage(
    report: Report,
    cacheDir: string = cacheDirectory(),
): Promise<ImageArchive> {
    const look = (): CacheEntry => imageEntry(cacheDir);
    await ensurePrograms(report, cacheDir);
    if (!look().present) {
        await withLock(path.join(cacheDir, "lock"), report, async () => {
            if (look().present) return;
            const discovery = goEntry(cacheDir, PROMETHEUS_DISCOVERY);
            if (!discovery.present) await buildGoPart(cacheDir, discovery, PROMETHEUS_DISCOVERY, report);
            await fillEntry(cacheDir, look(), (folder) => writeImage(cacheDir, folder));
        });
    }
    const { folder } = look();
    const digest = fs.readFileSync(path.join(folder, DIGEST), "utf8");
    return { archive: path.join(folder, ARCHIVE), names: [PROMETHEUS_IMAGE], digest };
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

function imageEntry(cacheDir: string): CacheEntry {
    const sources = ["prometheus.ts", "baseLayer.ts", "archive.ts", "layer.ts", "tar.ts"];
    const inputs = [
        programsEntry(cacheDir).key,
        debianEntry(cacheDir).key,
        goEntry(cacheDir, PROMETHEUS_DISCOVERY).key,
    ];
    const own = fileDigests(__dirname, sources);
    return cacheEntry(cacheDir, "prometheus-image", contentKey({ PROMETHEUS_IMAGE, inputs, own }));
}

/**
 * Entrypoint, user and paths are those of the upstream image. Debian builds Prometheus without Kubernetes service discovery,
 * so a program of ours finds the pods and starts it.
 */
async function writeImage(cacheDir: string, folder: string): Promise<void> {
    const { folder: programs } = programsEntry(cacheDir);
    const { folder: discovery } = goEntry(cacheDir, PROMETHEUS_DISCOVERY);
    const { folder: debian } = debianEntry(cacheDir);
    const layers = path.join(folder, "layers");
    fs.mkdirSync(layers);
    const base = await writeLayer(path.join(layers, "base.tar"), baseEntries(path.join(debian, "base")));
    const own = await writeLayer(path.join(layers, "prometheus.tar"), [
        program("bin/prometheus", path.join(discovery, "prometheus-discovery")),
        program("bin/prometheus-debian", path.join(programs, "usr/bin/prometheus")),
        program("bin/promtool", path.join(programs, "usr/bin/promtool")),
        directory("prometheus", { uid: 65534, gid: 65534 }),
    ]);
    const config = {
        ...{ user: "nobody", entrypoint: ["/bin/prometheus"], workingDir: "/prometheus" },
        ...{ ports: ["9090/tcp"], volumes: ["/prometheus"] },
    };
    const digest = await writeArchive(path.join(folder, ARCHIVE), [
        { name: PROMETHEUS_IMAGE, config, layers: [base, own] },
    ]);
    fs.writeFileSync(path.join(folder, DIGEST), digest);
    fs.rmSync(layers, { recursive: true });
}
