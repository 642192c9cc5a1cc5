import { cacheDirectory } from "./cache";
import { ensureGoPart } from "./golang";
import { ISTIOCTL } from "./goParts";
import type { Report } from "./report";

/**
 * The folder that holds istioctl, from the cache, or built into it first. Only benchmarks, a few tests and
 * `npm run lab -- exec -- istioctl` need it, so no lab waits for it.
 */
export function ensureIstioctl(report: Report, cacheDir: string = cacheDirectory()): Promise<string> {
    return ensureGoPart(report, cacheDir, ISTIOCTL);
}
