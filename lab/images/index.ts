import * as fs from "node:fs";
import * as path from "node:path";
import { type Artifacts, BIN_PROGRAMS, type ImageArchive, type Plan, planArtifacts, readArtifacts } from "./artifacts";
import { cacheDirectory, cacheEntry, fillEntry, temporaryDirectory } from "./cache";
import { writeCharts } from "./charts";
import { debianRoot, debianVersions, unpackDebian } from "./debian";
import { GO_PARTS } from "./goParts";
import { buildGoPart } from "./golang";
import { type ImageInputs, writeImages } from "./imageSet";
import { withLock } from "./lock";
import { type Report, Steps } from "./report";
import { unpackWheel } from "./unpackWheel";
import { ENVOY_WHEEL } from "./wheel";

export type { Artifacts, ImageArchive } from "./artifacts";
export { cacheDirectory } from "./cache";
export type { DebianRoot } from "./debian";
export { CNI_IMAGE, IMAGE_NAMES, ISTIO_HUB, ISTIO_VERSION } from "./names";
export type { Report } from "./report";

/** Options of {@link ensureArtifacts}. */
export interface ArtifactOptions {
    /**
     * Folder for build results.
     * @default cacheDirectory()
     */
    cacheDir?: string;
}

/**
 * Everything that a lab needs, from the cache, which it fills if needed. A build waits if another checkout builds. The
 * next run uses the finished parts of an interrupted one.
 */
export async function ensureArtifacts(report: Report, options: ArtifactOptions = {}): Promise<Artifacts> {
    const cacheDir = path.resolve(options.cacheDir ?? cacheDirectory());
    const ready = readArtifacts(planArtifacts(cacheDir));
    if (ready !== undefined) {
        return ready;
    }
    return withLock(path.join(cacheDir, "lock"), report, async () => {
        const plan = planArtifacts(cacheDir);
        return readArtifacts(plan) ?? build(cacheDir, plan, report);
    });
}

/** Whether {@link ensureArtifacts} has nothing to build. */
export function artifactsAreCached(options: ArtifactOptions = {}): Promise<boolean> {
    const plan = planArtifacts(path.resolve(options.cacheDir ?? cacheDirectory()));
    return Promise.resolve(readArtifacts(plan) !== undefined);
}

interface Step {
    what: string;
    usualSeconds: number;
    missing: boolean;
    run: (say: Report) => Promise<void>;
}

async function build(cacheDir: string, plan: Plan, report: Report): Promise<Artifacts> {
    fs.rmSync(temporaryDirectory(cacheDir), { recursive: true, force: true });
    fs.rmSync(path.join(cacheDir, "logs"), { recursive: true, force: true });
    const missing = stepsOf(cacheDir, plan).filter((step) => step.missing);
    report(`Building ${missing.length} of ${stepsOf(cacheDir, plan).length} parts into ${cacheDir}.`);
    const steps = new Steps(missing.length, report);
    for (const step of missing) {
        await steps.run(step.what, step.usualSeconds, step.run);
    }
    const artifacts = await assemble(cacheDir, plan);
    if (readArtifacts(plan) === undefined) {
        throw new Error(
            `The cache ${cacheDir} is damaged: a file of a part is missing.\n` +
                `Next step: rm -rf ${cacheDir} and run the same command again.`,
        );
    }
    return artifacts;
}

function stepsOf(cacheDir: string, plan: Plan): Step[] {
    const goSteps = plan.go.map(({ part, entry }) => ({
        what: `${[part.name, part.version].filter(Boolean).join(" ")}: building ${Object.keys(part.programs).join(", ")}`,
        usualSeconds: part.usualSeconds,
        missing: !entry.present,
        run: (say: Report) => buildGoPart(cacheDir, entry, part, say),
    }));
    const debian = {
        what: "Debian packages: containerd, runc, CNI plugins, the base of the images",
        usualSeconds: 15,
        missing: !plan.debian.present,
        run: (say: Report) => unpackDebian(cacheDir, plan.debian, say),
    };
    const envoy = {
        what: `Envoy ${ENVOY_WHEEL.version}`,
        usualSeconds: 5,
        missing: !plan.envoy.present,
        run: async (say: Report) => {
            await unpackWheel(cacheDir, ENVOY_WHEEL, say);
        },
    };
    const charts = {
        what: "Istio's charts",
        usualSeconds: 1,
        missing: !plan.charts.present,
        run: () =>
            fillEntry(cacheDir, plan.charts, (folder) =>
                writeCharts(programOf(plan, "istio-charts"), folder, path.join(cacheDir, "logs", "charts.log")),
            ),
    };
    const images = {
        what: "container images",
        usualSeconds: 4,
        missing: !plan.images.present,
        run: () => fillEntry(cacheDir, plan.images, (folder) => writeImageSet(plan, folder)),
    };
    return [debian, envoy, ...goSteps, charts, images];
}

async function writeImageSet(plan: Plan, folder: string): Promise<void> {
    const layers = path.join(folder, "layers");
    fs.mkdirSync(layers);
    const written = await writeImages(folder, layers, imageInputs(plan));
    fs.rmSync(layers, { recursive: true });
    const archives = written.map(({ file, names, digest }) => ({ file: path.basename(file), names, digest }));
    fs.writeFileSync(path.join(folder, "archives.json"), JSON.stringify(archives, null, 4));
}

function imageInputs(plan: Plan): ImageInputs {
    const program = (name: string): string => programOf(plan, name);
    return {
        debianBase: path.join(plan.debian.folder, "base"),
        labnode: program("labnode"),
        httpEcho: program("http-echo"),
        pilotDiscovery: program("pilot-discovery"),
        pilotAgent: program("pilot-agent"),
        envoy: path.join(plan.envoy.folder, "envoy", "_bin", "envoy"),
        envoyVersion: ENVOY_WHEEL.version,
        envoyBootstrap: program("envoy_bootstrap.json"),
        jaeger: program("jaeger"),
        jaegerSampling: program("sampling-strategies.json"),
        coredns: program("coredns"),
    };
}

/** Path of a program or another file of a Go part. */
function programOf(plan: Plan, name: string): string {
    const holder = plan.go.find(({ part }) => name in part.programs || name in (part.files?.paths ?? {}));
    if (holder === undefined) {
        throw new Error(`No part in lab/images/goParts.ts builds ${name}.`);
    }
    return path.join(holder.entry.folder, name);
}

/** Links all programs into one folder and records all paths. */
async function assemble(cacheDir: string, plan: Plan): Promise<Artifacts> {
    const { folder } = plan.set;
    const archives = JSON.parse(fs.readFileSync(path.join(plan.images.folder, "archives.json"), "utf8")) as {
        file: string;
        names: string[];
        digest: string;
    }[];
    const artifacts: Artifacts = {
        binDir: path.join(folder, "bin"),
        debian: debianRoot(plan.debian),
        images: archives.map(({ file, names, digest }): ImageArchive => ({
            archive: path.join(plan.images.folder, file),
            names,
            digest,
        })),
        chartsDir: plan.charts.folder,
        versions: versionsOf(plan),
    };
    fs.rmSync(folder, { recursive: true, force: true });
    await fillEntry(cacheDir, cacheEntry(cacheDir, plan.set.name, plan.set.key), (temporary) => {
        fs.mkdirSync(path.join(temporary, "bin"));
        for (const name of Object.values(BIN_PROGRAMS).flat()) {
            fs.linkSync(programOf(plan, name), path.join(temporary, "bin", name));
        }
        fs.writeFileSync(path.join(temporary, "artifacts.json"), JSON.stringify(artifacts, null, 4));
    });
    return artifacts;
}

function versionsOf(plan: Plan): Record<string, string> {
    const built = GO_PARTS.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version] as const]));
    return { ...Object.fromEntries(built), envoy: ENVOY_WHEEL.version, ...debianVersions(plan.debian) };
}
