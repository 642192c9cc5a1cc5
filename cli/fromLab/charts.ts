import { planArtifacts, readArtifacts } from "../../lab/images/artifacts";
import { cacheDirectory } from "../../lab/images/cache";
import { ISTIO_VERSION } from "../../lab/images/names";

/** The programs and charts that the lab has built to render charts without a cluster. */
export interface LabCharts {
    /** Folder with `helm` and the lab's other programs. */
    binDir: string;
    chartsDir: string;
    istioVersion: string;
}

/** Helm and charts in the lab's cache; undefined if the lab has built none. */
export function labCharts(): LabCharts | undefined {
    const built = readArtifacts(planArtifacts(cacheDirectory()));
    return built && { binDir: built.binDir, chartsDir: built.chartsDir, istioVersion: ISTIO_VERSION };
}
