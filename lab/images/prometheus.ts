import * as fs from "node:fs";
import * as path from "node:path";
import { Apt } from "./apt";
import { writeArchive } from "./archive";
import type { ImageArchive } from "./artifacts";
import { baseEntries } from "./baseLayer";
import {
    type CacheEntry,
    cacheDirectory,
    cacheEntry,
    contentKey,
    fileDigests,
    fillEntry,
    temporaryDirectory,
} from "./cache";
import { debianEntry, SUITE } from "./debian";
import { buildGoPart } from "./golang";
import { goEntry, PROMETHEUS_DISCOVERY } from "./goParts";
import { directory, program, writeLayer } from "./layer";
import { withLock } from "./lock";
import { PROMETHEUS_IMAGE } from "./names";
import type { Report } from "./report";
import { run } from "./run";

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

async function ensurePrograms(report: Report, cacheDir: string): Promise<string> {
    const look = (): CacheEntry => programsEntry(cacheDir);
    if (!look().present) {
        await withLock(path.join(cacheDir, "lock"), report, async () => {
            if (!look().present) await unpack(cacheDir, look());
        });
    }
    return look().folder;
}

/** Unpacks the package alone: its programs need nothing but the C library. */
async function unpack(cacheDir: string, entry: CacheEntry): Promise<void> {
    const log = path.join(cacheDir, "logs", "prometheus.log");
    const work = path.join(temporaryDirectory(cacheDir), `apt-${process.pid}`);
    const apt = new Apt(work, SUITE, log);
    try {
        await apt.update();
        await fillEntry(cacheDir, entry, async (folder) => {
            const files = await apt.download([PACKAGE]);
            for (const file of files.filter(({ name }) => name === PACKAGE)) {
                await run({
                    what: `unpack the Debian package ${file.name}`,
                    program: "dpkg-deb",
                    args: ["--extract", file.path, folder],
                    log,
                    nextStep: "check for a full disk (df -h), then run the same command again.",
                });
            }
        });
    } finally {
        fs.rmSync(work, { recursive: true, force: true });
    }
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
