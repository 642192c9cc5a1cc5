import * as path from "node:path";
import type { ImageArchive } from "./artifacts";
import { cacheDirectory } from "./cache";
import { ISTIO_CNI } from "./goParts";
import { program } from "./layer";
import { CNI_IMAGE } from "./names";
import { ensureImage, type OnDemandImage } from "./onDemandImage";
import type { Report } from "./report";

/** Entrypoint and paths are those of the upstream image. */
const IMAGE: OnDemandImage = {
    ...{ image: CNI_IMAGE, name: "cni", source: "istioCni.ts", part: ISTIO_CNI },
    config: { entrypoint: ["/usr/local/bin/install-cni"], workingDir: "/opt/cni/bin" },
    layers: (programs) => [
        [
            program("opt/cni/bin/istio-cni", path.join(programs, "istio-cni")),
            program("usr/local/bin/install-cni", path.join(programs, "install-cni")),
        ],
    ],
};

/** The image of Istio's CNI agent. Only stacks with `istio.cni.mode: install` need it. */
export function ensureCniImage(report: Report, cacheDir: string = cacheDirectory()): Promise<ImageArchive> {
    return ensureImage(IMAGE, report, cacheDir);
}
