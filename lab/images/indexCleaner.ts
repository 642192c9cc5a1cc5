import * as path from "node:path";
import type { ImageArchive } from "./artifacts";
import { cacheDirectory } from "./cache";
import { INDEX_CLEANER } from "./goParts";
import { program } from "./layer";
import { INDEX_CLEANER_IMAGE } from "./names";
import { ensureImage, type OnDemandImage } from "./onDemandImage";
import type { Report } from "./report";

/** Entrypoint, user and path are those of the upstream image. */
const IMAGE: OnDemandImage = {
    ...{ image: INDEX_CLEANER_IMAGE, name: "index-cleaner", source: "indexCleaner.ts", part: INDEX_CLEANER },
    config: { user: "10001", entrypoint: ["/go/bin/es-index-cleaner-linux"] },
    layers: (programs) => [[program("go/bin/es-index-cleaner-linux", path.join(programs, "es-index-cleaner"))]],
};

/** The image of what deletes old indices of Jaeger. Only tests of storages need it. */
export function ensureIndexCleanerImage(report: Report, cacheDir: string = cacheDirectory()): Promise<ImageArchive> {
    return ensureImage(IMAGE, report, cacheDir);
}
