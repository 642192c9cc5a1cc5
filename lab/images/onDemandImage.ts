import * as fs from "node:fs";
import * as path from "node:path";
import { type ImageConfig, writeArchive } from "./archive";
import type { ImageArchive } from "./artifacts";
import { baseEntries } from "./baseLayer";
import { cacheEntry, type CacheEntry, contentKey, fileDigests, fillEntry } from "./cache";
import { debianEntry } from "./debian";
import { ensureEntry } from "./ensureEntry";
import { ensureGoPart } from "./golang";
import { goEntry, type GoPart } from "./goParts";
import { writeLayer } from "./layer";
import type { Report } from "./report";
import type { TarEntry } from "./tar";

/** An image that only some stacks or tests need, so that no lab waits for it. Its lowest layer is the images' base. */
export interface OnDemandImage {
    /** Its name and tag in the lab. */
    image: string;
    /** Its name in the cache. */
    name: string;
    /** The file of this folder that describes it. The image is made anew when it changes. */
    source: string;
    /** The Go programs in it, built if the image is missing. @default none */
    part?: GoPart;
    /** What else it is made of, such as keys of cache entries. @default nothing */
    inputs?: unknown;
    config: ImageConfig;
    /** Layers above the base, the lowest first. @param programs folder of the Go programs. */
    layers: (programs: string) => TarEntry[][];
}

const DIGEST = "digest";
const SOURCES = ["onDemandImage.ts", "baseLayer.ts", "archive.ts", "layer.ts", "tar.ts"];

/** The image from the cache, or made first. The base of the images is in the cache already, since a lab needs it. */
export async function ensureImage(wanted: OnDemandImage, report: Report, cacheDir: string): Promise<ImageArchive> {
    const look = (): CacheEntry => imageEntry(wanted, cacheDir);
    if (!look().present && wanted.part !== undefined) await ensureGoPart(report, cacheDir, wanted.part);
    const folder = await ensureEntry(report, cacheDir, look, (entry) =>
        fillEntry(cacheDir, entry, (target) => writeImage(wanted, cacheDir, target)),
    );
    const digest = fs.readFileSync(path.join(folder, DIGEST), "utf8");
    return { archive: archiveIn(folder, wanted), names: [wanted.image], digest };
}

function imageEntry({ image, name, source, part, inputs }: OnDemandImage, cacheDir: string): CacheEntry {
    const programs = part && goEntry(cacheDir, part).key;
    const own = fileDigests(__dirname, [source, ...SOURCES]);
    const key = contentKey({ image, base: debianEntry(cacheDir).key, programs, inputs, own });
    return cacheEntry(cacheDir, `${name}-image`, key);
}

function archiveIn(folder: string, { name }: OnDemandImage): string {
    return path.join(folder, `${name}.tar`);
}

async function writeImage(wanted: OnDemandImage, cacheDir: string, folder: string): Promise<void> {
    const { image, part, config, layers } = wanted;
    const own = layers(part === undefined ? "" : goEntry(cacheDir, part).folder);
    const work = path.join(folder, "layers");
    fs.mkdirSync(work);
    const entries = [baseEntries(path.join(debianEntry(cacheDir).folder, "base")), ...own];
    const written = await Promise.all(
        entries.map((layer, index) => writeLayer(path.join(work, `${String(index)}.tar`), layer)),
    );
    const digest = await writeArchive(archiveIn(folder, wanted), [{ name: image, config, layers: written }]);
    fs.writeFileSync(path.join(folder, DIGEST), digest);
    fs.rmSync(work, { recursive: true });
}
