import * as fs from "node:fs";
import * as path from "node:path";
import { writeArchive } from "./archive";
import type { ImageArchive } from "./artifacts";
import { baseEntries } from "./baseLayer";
import { type CacheEntry, cacheDirectory, cacheEntry, contentKey, fileDigests, fillEntry } from "./cache";
import { debianEntry } from "./debian";
import { buildGoPart } from "./golang";
import { goEntry, ISTIO_CNI } from "./goParts";
import { program, writeLayer } from "./layer";
import { withLock } from "./lock";
import { CNI_IMAGE } from "./names";
import { type Report, Steps } from "./report";

const ARCHIVE = "install-cni.tar";
const DIGEST = "digest";

/**
 * The image of Istio's CNI agent, from the cache, or built into it first. Only stacks with `istio.cni.mode: install` need
 * it, so no lab waits for it. The base of the images is in the cache already, since a lab needs it.
 */
export async function ensureCniImage(report: Report, cacheDir: string = cacheDirectory()): Promise<ImageArchive> {
    if (!imageEntry(cacheDir).present) {
        await withLock(path.join(cacheDir, "lock"), report, async () => {
            if (imageEntry(cacheDir).present) return;
            const steps = new Steps(1, report);
            const programs = goEntry(cacheDir, ISTIO_CNI);
            if (!programs.present) {
                await steps.run(`istio-cni ${ISTIO_CNI.version ?? ""}`, ISTIO_CNI.usualSeconds, (say) =>
                    buildGoPart(cacheDir, programs, ISTIO_CNI, say),
                );
            }
            await fillEntry(cacheDir, imageEntry(cacheDir), (folder) => writeImage(cacheDir, folder));
        });
    }
    const { folder } = imageEntry(cacheDir);
    const digest = fs.readFileSync(path.join(folder, DIGEST), "utf8");
    return { archive: path.join(folder, ARCHIVE), names: [CNI_IMAGE], digest };
}

function imageEntry(cacheDir: string): CacheEntry {
    const sources = ["istioCni.ts", "baseLayer.ts", "archive.ts", "layer.ts", "tar.ts"];
    const inputs = [goEntry(cacheDir, ISTIO_CNI).key, debianEntry(cacheDir).key];
    return cacheEntry(cacheDir, "cni-image", contentKey({ CNI_IMAGE, inputs, own: fileDigests(__dirname, sources) }));
}

/** Entrypoint and paths are those of the upstream image. */
async function writeImage(cacheDir: string, folder: string): Promise<void> {
    const { folder: programs } = goEntry(cacheDir, ISTIO_CNI);
    const { folder: debian } = debianEntry(cacheDir);
    const layers = path.join(folder, "layers");
    fs.mkdirSync(layers);
    const base = await writeLayer(path.join(layers, "base.tar"), baseEntries(path.join(debian, "base")));
    const own = await writeLayer(path.join(layers, "install-cni.tar"), [
        program("opt/cni/bin/istio-cni", path.join(programs, "istio-cni")),
        program("usr/local/bin/install-cni", path.join(programs, "install-cni")),
    ]);
    const config = { entrypoint: ["/usr/local/bin/install-cni"], workingDir: "/opt/cni/bin" };
    const digest = await writeArchive(path.join(folder, ARCHIVE), [{ name: CNI_IMAGE, config, layers: [base, own] }]);
    fs.writeFileSync(path.join(folder, DIGEST), digest);
    fs.rmSync(layers, { recursive: true });
}
