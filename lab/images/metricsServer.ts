import * as path from "node:path";
import type { ImageArchive } from "./artifacts";
import { cacheDirectory } from "./cache";
import { METRICS_SERVER } from "./goParts";
import { program } from "./layer";
import { METRICS_SERVER_IMAGE } from "./names";
import { ensureImage, type OnDemandImage } from "./onDemandImage";
import type { Report } from "./report";

/** Entrypoint and user are those of the upstream image. */
const IMAGE: OnDemandImage = {
    ...{ image: METRICS_SERVER_IMAGE, name: "metrics-server", source: "metricsServer.ts", part: METRICS_SERVER },
    config: { user: "65534", entrypoint: ["/metrics-server"] },
    layers: (programs) => [[program("metrics-server", path.join(programs, "metrics-server"))]],
};

/** The image of metrics-server. Only tests of autoscalers need it. */
export function ensureMetricsServerImage(report: Report, cacheDir: string = cacheDirectory()): Promise<ImageArchive> {
    return ensureImage(IMAGE, report, cacheDir);
}
