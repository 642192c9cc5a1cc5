import * as fs from "node:fs";
import * as path from "node:path";
import { writeArchive } from "./archive";
import type { ImageArchive } from "./artifacts";
import { baseEntries } from "./baseLayer";
import { type CacheEntry, cacheDirectory, cacheEntry, contentKey, fileDigests, fillEntry } from "./cache";
import { debianEntry } from "./debian";
import { buildGoPart } from "./golang";
import { goEntry, INDEX_CLEANER } from "./goParts";
import { program, writeLayer } from "./layer";
import { withLock } from "./lock";
import { INDEX_CLEANER_IMAGE } from "./names";
import { type Report, Steps } from "./report";

const ARCHIVE = "index-cleaner.tar";
const DIGEST = "digest";

/**
 * The image of what deletes old indices of Jaeger, from the cache, or built into it first. Only tests of storages need it,
 * so no lab waits for it.
 */
export async function ensureIndexCleanerImage(
    report: Report,
    cacheDir: string = cacheDirectory(),
): Promise<ImageArchive> {
    const look = (): CacheEntry => imageEntry(cacheDir);
    if (!look().present) {
        await withLock(path.join(cacheDir, "lock"), report, async () => {
            if (look().present) return;
            const programs = goEntry(cacheDir, INDEX_CLEANER);
            if (!programs.present) {
                await new Steps(1, report).run(INDEX_CLEANER.name, INDEX_CLEANER.usualSeconds, (say) =>
                    buildGoPart(cacheDir, programs, INDEX_CLEANER, say),
                );
            }
            await fillEntry(cacheDir, look(), (folder) => writeImage(cacheDir, folder));
        });
    }
    const { folder } = look();
    const digest = fs.readFileSync(path.join(folder, DIGEST), "utf8");
    return { archive: path.join(folder, ARCHIVE), names: [INDEX_CLEANER_IMAGE], digest };
}

function imageEntry(cacheDir: string): CacheEntry {
    const sources = ["indexCleaner.ts", "baseLayer.ts", "archive.ts", "layer.ts", "tar.ts"];
    const inputs = [goEntry(cacheDir, INDEX_CLEANER).key, debianEntry(cacheDir).key];
    const own = fileDigests(__dirname, sources);
    return cacheEntry(cacheDir, "index-cleaner-image", contentKey({ INDEX_CLEANER_IMAGE, inputs, own }));
}

/** Entrypoint, user and path are those of the upstream image. */
async function writeImage(cacheDir: string, folder: string): Promise<void> {
    const layers = path.join(folder, "layers");
    fs.mkdirSync(layers);
    const base = await writeLayer(
        path.join(layers, "base.tar"),
        baseEntries(path.join(debianEntry(cacheDir).folder, "base")),
    );
    const cleaner = path.join(goEntry(cacheDir, INDEX_CLEANER).folder, "es-index-cleaner");
    const own = await writeLayer(path.join(layers, "cleaner.tar"), [program("go/bin/es-index-cleaner-linux", cleaner)]);
    const config = { user: "10001", entrypoint: ["/go/bin/es-index-cleaner-linux"] };
    const image = { name: INDEX_CLEANER_IMAGE, config, layers: [base, own] };
    fs.writeFileSync(path.join(folder, DIGEST), await writeArchive(path.join(folder, ARCHIVE), [image]));
    fs.rmSync(layers, { recursive: true });
}
