import * as fs from "node:fs";
import * as path from "node:path";
import { writeArchive } from "./archive";
import type { ImageArchive } from "./artifacts";
import { baseEntries } from "./baseLayer";
import { type CacheEntry, cacheDirectory, cacheEntry, contentKey, fileDigests, fillEntry } from "./cache";
import { debianEntry } from "./debian";
import { buildGoPart } from "./golang";
import { COLLECTOR, goEntry } from "./goParts";
import { program, writeLayer } from "./layer";
import { withLock } from "./lock";
import { COLLECTOR_IMAGE } from "./names";
import { type Report, Steps } from "./report";

const ARCHIVE = "collector.tar";
const DIGEST = "digest";

/**
 * The image of the OpenTelemetry Collector, from the cache, or built into it first. Only stacks with a Collector tier need
 * it, so no lab waits for it. The base of the images is in the cache already, since a lab needs it.
 */
export async function ensureCollectorImage(report: Report, cacheDir: string = cacheDirectory()): Promise<ImageArchive> {
    await ensureCollectorProgram(report, cacheDir);
    if (!imageEntry(cacheDir).present) {
        await withLock(path.join(cacheDir, "lock"), report, async () => {
            if (imageEntry(cacheDir).present) return;
            await fillEntry(cacheDir, imageEntry(cacheDir), (folder) => writeImage(cacheDir, folder));
        });
    }
    const { folder } = imageEntry(cacheDir);
    const digest = fs.readFileSync(path.join(folder, DIGEST), "utf8");
    return { archive: path.join(folder, ARCHIVE), names: [COLLECTOR_IMAGE], digest };
}

/** Path of the Collector's program, whose `validate` judges a configuration; from the cache, or built into it first. */
export async function ensureCollectorProgram(report: Report, cacheDir: string = cacheDirectory()): Promise<string> {
    const entry = (): CacheEntry => goEntry(cacheDir, COLLECTOR);
    if (!entry().present) {
        await withLock(path.join(cacheDir, "lock"), report, async () => {
            if (entry().present) return;
            const steps = new Steps(1, report);
            await steps.run(`OpenTelemetry Collector ${COLLECTOR.version ?? ""}`, COLLECTOR.usualSeconds, (say) =>
                buildGoPart(cacheDir, entry(), COLLECTOR, say),
            );
        });
    }
    return path.join(entry().folder, "otelcol");
}

function imageEntry(cacheDir: string): CacheEntry {
    const sources = ["collector.ts", "baseLayer.ts", "archive.ts", "layer.ts", "tar.ts"];
    const inputs = [goEntry(cacheDir, COLLECTOR).key, debianEntry(cacheDir).key];
    const own = fileDigests(__dirname, sources);
    return cacheEntry(cacheDir, "collector-image", contentKey({ COLLECTOR_IMAGE, inputs, own }));
}

/** Entrypoint, user and ports are those of the upstream image. */
async function writeImage(cacheDir: string, folder: string): Promise<void> {
    const { folder: programs } = goEntry(cacheDir, COLLECTOR);
    const { folder: debian } = debianEntry(cacheDir);
    const layers = path.join(folder, "layers");
    fs.mkdirSync(layers);
    const base = await writeLayer(path.join(layers, "base.tar"), baseEntries(path.join(debian, "base")));
    const own = await writeLayer(path.join(layers, "collector.tar"), [
        program("otelcol-k8s", path.join(programs, "otelcol")),
    ]);
    const config = { user: "10001", entrypoint: ["/otelcol-k8s"], ports: ["4317/tcp", "4318/tcp"] };
    const digest = await writeArchive(path.join(folder, ARCHIVE), [
        { name: COLLECTOR_IMAGE, config, layers: [base, own] },
    ]);
    fs.writeFileSync(path.join(folder, DIGEST), digest);
    fs.rmSync(layers, { recursive: true });
}
