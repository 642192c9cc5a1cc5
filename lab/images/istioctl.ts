import * as path from "node:path";
import { cacheDirectory } from "./cache";
import { buildGoPart } from "./golang";
import { goEntry, ISTIOCTL } from "./goParts";
import { withLock } from "./lock";
import { type Report, Steps } from "./report";

/**
 * The folder that holds istioctl, from the cache, or built into it first. Only benchmarks, a few tests and
 * `npm run lab -- exec -- istioctl` need it, so no lab waits for it.
 */
export async function ensureIstioctl(report: Report, cacheDir: string = cacheDirectory()): Promise<string> {
    if (!goEntry(cacheDir, ISTIOCTL).present) {
        await withLock(path.join(cacheDir, "lock"), report, async () => {
            const entry = goEntry(cacheDir, ISTIOCTL);
            if (entry.present) return;
            await new Steps(1, report).run(`istioctl ${ISTIOCTL.version ?? ""}`, ISTIOCTL.usualSeconds, (say) =>
                buildGoPart(cacheDir, entry, ISTIOCTL, say),
            );
        });
    }
    return goEntry(cacheDir, ISTIOCTL).folder;
}
