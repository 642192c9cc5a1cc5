import * as path from "node:path";
import type { ImageArchive } from "./artifacts";
import { cacheDirectory } from "./cache";
import { ensureGoPart } from "./golang";
import { COLLECTOR } from "./goParts";
import { program } from "./layer";
import { COLLECTOR_IMAGE } from "./names";
import { ensureImage, type OnDemandImage } from "./onDemandImage";
import type { Report } from "./report";

const PROGRAM = "otelcol";

/** Entrypoint, user and ports are those of the upstream image. */
const IMAGE: OnDemandImage = {
    ...{ image: COLLECTOR_IMAGE, name: "collector", source: "collector.ts", part: COLLECTOR },
    config: { user: "10001", entrypoint: ["/otelcol-k8s"], ports: ["4317/tcp", "4318/tcp"] },
    layers: (programs) => [[program("otelcol-k8s", path.join(programs, PROGRAM))]],
};

/** The image of the OpenTelemetry Collector. Only stacks with a Collector tier need it. */
export function ensureCollectorImage(report: Report, cacheDir: string = cacheDirectory()): Promise<ImageArchive> {
    return ensureImage(IMAGE, report, cacheDir);
}

/** Path of the Collector's program, whose `validate` judges a configuration; from the cache, or built into it first. */
export async function ensureCollectorProgram(report: Report, cacheDir: string = cacheDirectory()): Promise<string> {
    return path.join(await ensureGoPart(report, cacheDir, COLLECTOR), PROGRAM);
}
