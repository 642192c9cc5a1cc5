import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { ImageArchive } from "./artifacts";
import { type CacheEntry, cacheDirectory, cacheEntry, contentKey, fileDigests } from "./cache";
import { SUITE } from "./debian";
import { ensureUnpacked } from "./debianPackages";
import { program, tree } from "./layer";
import { DOCTOR_IMAGE } from "./names";
import { ensureImage, type OnDemandImage } from "./onDemandImage";
import type { Report } from "./report";

const ROOT = path.join(__dirname, "..", "..");
/** Libraries of Node.js beside the C library. */
const PACKAGES = ["libstdc++6", "libgcc-s1"];

/**
 * The image of the doctor in the cluster, from the files that `doctor/Dockerfile` packs and the Node.js that runs this. Only
 * stacks with the lab's `doctor.image` need it.
 */
export async function ensureDoctorImage(report: Report, cacheDir: string = cacheDirectory()): Promise<ImageArchive> {
    const libraries = await ensureLibraries(report, cacheDir);
    const packed = fs.mkdtempSync(path.join(os.tmpdir(), "istio-tracing-doctor-"));
    try {
        execFileSync(process.execPath, ["--require", "./translate.cjs", "cli/pack.ts", packed], { cwd: ROOT });
        return await ensureImage(imageOf(packed, libraries), report, cacheDir);
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

/** Entrypoint, user and paths are those of `doctor/Dockerfile`. */
function imageOf(packed: string, libraries: string): OnDemandImage {
    return {
        ...{ image: DOCTOR_IMAGE, name: "doctor", source: "doctor.ts" },
        inputs: { SUITE, PACKAGES, node: [process.version, process.arch], packed: fileDigests(packed) },
        config: {
            ...{ user: "1000", entrypoint: ["/usr/local/bin/node", "/app/doctor/inCluster/main.js"], cmd: ["watch"] },
            ...{ workingDir: "/app", ports: ["8080/tcp", "9464/tcp", "9465/tcp"], env: { NODE_ENV: "production" } },
        },
        layers: () => [
            [
                ...tree(libraries, (name) => /^usr\/share(\/|$)/.test(name)),
                program("usr/local/bin/node", process.execPath),
            ],
            tree(packed, () => false).map((entry) => ({ ...entry, name: path.posix.join("app", entry.name) })),
        ],
    };
}
