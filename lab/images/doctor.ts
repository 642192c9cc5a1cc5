import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { writeArchive } from "./archive";
import type { ImageArchive } from "./artifacts";
import { baseEntries } from "./baseLayer";
import { type CacheEntry, cacheDirectory, cacheEntry, contentKey, fileDigests, fillEntry } from "./cache";
import { debianEntry, SUITE } from "./debian";
import { ensureUnpacked } from "./debianPackages";
import { program, tree, writeLayer } from "./layer";
import { withLock } from "./lock";
import { DOCTOR_IMAGE } from "./names";
import type { Report } from "./report";

const ROOT = path.join(__dirname, "..", "..");
/** Libraries of Node.js beside the C library. */
const PACKAGES = ["libstdc++6", "libgcc-s1"];
const ARCHIVE = "doctor.tar";
const DIGEST = "digest";

/**
 * The image of the doctor in the cluster, from the files that `doctor/Dockerfile` packs and the Node.js that runs this. Only
 * stacks with the lab's `doctor.image` need it, so no lab waits for it.
 */
export async function ensureDoctorImage(report: Report, cacheDir: string = cacheDirectory()): Promise<ImageArchive> {
    const libraries = await ensureLibraries(report, cacheDir);
    const packed = fs.mkdtempSync(path.join(os.tmpdir(), "istio-tracing-doctor-"));
    try {
        execFileSync(process.execPath, ["--require", "./translate.cjs", "cli/pack.ts", packed], { cwd: ROOT });
        const look = (): CacheEntry => imageEntry(cacheDir, packed);
        if (!look().present) {
            await withLock(path.join(cacheDir, "lock"), report, async () => {
                if (!look().present)
                    await fillEntry(cacheDir, look(), (folder) => writeImage(cacheDir, { folder, packed, libraries }));
            });
        }
        const { folder } = look();
        const digest = fs.readFileSync(path.join(folder, DIGEST), "utf8");
        return { archive: path.join(folder, ARCHIVE), names: [DOCTOR_IMAGE], digest };
    } finally {
        fs.rmSync(packed, { recursive: true, force: true });
    }
}

function ensureLibraries(report: Report, cacheDir: string): Promise<string> {
    const look = (): CacheEntry =>
        cacheEntry(cacheDir, "doctor-libraries", contentKey({ SUITE, PACKAGES, arch: process.arch }));
    const isWanted = (name: string): boolean => PACKAGES.includes(name);
    return ensureUnpacked(report, cacheDir, look, { name: "doctor-libraries", packages: PACKAGES, isWanted });
}

function imageEntry(cacheDir: string, packed: string): CacheEntry {
    const own = fileDigests(__dirname, ["doctor.ts", "baseLayer.ts", "archive.ts", "layer.ts", "tar.ts"]);
    const inputs = [debianEntry(cacheDir).key, SUITE, PACKAGES, process.version, process.arch];
    return cacheEntry(cacheDir, "doctor-image", contentKey({ DOCTOR_IMAGE, inputs, own, packed: fileDigests(packed) }));
}

/** Entrypoint, user and paths are those of `doctor/Dockerfile`. */
async function writeImage(
    cacheDir: string,
    { folder, packed, libraries }: { folder: string; packed: string; libraries: string },
): Promise<void> {
    const layers = path.join(folder, "layers");
    fs.mkdirSync(layers);
    const { folder: debian } = debianEntry(cacheDir);
    const base = await writeLayer(path.join(layers, "base.tar"), baseEntries(path.join(debian, "base")));
    const node = await writeLayer(path.join(layers, "node.tar"), [
        ...tree(libraries, (name) => /^usr\/share(\/|$)/.test(name)),
        program("usr/local/bin/node", process.execPath),
    ]);
    const files = tree(packed, () => false).map((entry) => ({ ...entry, name: path.posix.join("app", entry.name) }));
    const app = await writeLayer(path.join(layers, "app.tar"), files);
    const config = {
        ...{ user: "1000", entrypoint: ["/usr/local/bin/node", "/app/doctor/inCluster/main.js"], cmd: ["watch"] },
        ...{ workingDir: "/app", ports: ["8080/tcp", "9464/tcp", "9465/tcp"], env: { NODE_ENV: "production" } },
    };
    const digest = await writeArchive(path.join(folder, ARCHIVE), [
        { name: DOCTOR_IMAGE, config, layers: [base, node, app] },
    ]);
    fs.writeFileSync(path.join(folder, DIGEST), digest);
    fs.rmSync(layers, { recursive: true });
}
