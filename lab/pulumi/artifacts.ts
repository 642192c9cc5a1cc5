import * as fs from "node:fs";
import * as path from "node:path";
import { type CacheEntry, cacheDirectory, cacheEntry, contentKey, fillEntry } from "../images/cache";
import { buildGoPart } from "../images/golang";
import { goEntry, linkerFlags, type GoPart } from "../images/goParts";
import { withLock } from "../images/lock";
import { PROVIDER_MODULE_VERSION, pulumiParts, PULUMI_VERSION } from "../images/pulumiParts";
import { duration, Steps, type Report } from "../images/report";

/** The lab's build of the Pulumi CLI and its plugins. */
export interface PulumiArtifacts {
    /** Folder with `pulumi` and `pulumi-language-nodejs`, for the PATH. */
    binDir: string;
    /** Folder with provider plugins, as in a PULUMI_HOME. */
    pluginsDir: string;
    versions: PulumiVersions;
}

/** The versions of the Pulumi that runs. */
export interface PulumiVersions {
    cli: string;
    /** Version of the provider's source. */
    provider: string;
    /** Version of the provider plugin that the npm package requires, and as which the provider is installed. */
    providerAskedFor: string;
}

/** A Pulumi CLI to run the program with. */
export interface Pulumi {
    /** Absolute path of `pulumi`. */
    program: string;
    /** Folders that go before the PATH. */
    path: string[];
    /** Provider plugins that replace the user's PULUMI_HOME. */
    pluginsDir?: string;
    versions: PulumiVersions;
}

/** Version of the provider plugin that the npm package @pulumi/kubernetes requires. */
export function askedProviderVersion(): string {
    const file = require.resolve("@pulumi/kubernetes/package.json");
    return (JSON.parse(fs.readFileSync(file, "utf8")) as { pulumi: { version: string } }).pulumi.version;
}

/** The CLI, language host and provider from the cache, which it fills if needed. */
export async function ensurePulumi(report: Report, cacheDir = cacheDirectory()): Promise<PulumiArtifacts> {
    const { asked, parts, look } = plan(cacheDir);
    if (!look().present) {
        await withLock(path.join(cacheDir, "lock"), report, async () => {
            const missing = parts.filter((one) => !one.look().present);
            announce(
                missing.map(({ part }) => part),
                report,
            );
            const steps = new Steps(missing.length, report);
            for (const { part, look: entry } of missing) {
                const what = `${part.name} ${part.version ?? ""}: building ${Object.keys(part.programs).join(", ")}`;
                await steps.run(what, part.usualSeconds, (say) => buildGoPart(cacheDir, entry(), part, say));
            }
            const [cli, provider] = parts.map((one) => one.look().folder) as [string, string];
            if (look().present) return;
            await fillEntry(cacheDir, look(), (folder) => {
                layOut(folder, cli, provider, asked);
            });
        });
    }
    const { folder } = look();
    return {
        binDir: path.join(folder, "bin"),
        pluginsDir: path.join(folder, "plugins"),
        versions: { cli: PULUMI_VERSION, provider: PROVIDER_MODULE_VERSION, providerAskedFor: asked },
    };
}

/** Whether {@link ensurePulumi} has nothing to build. */
export function pulumiIsCached(cacheDir = cacheDirectory()): boolean {
    return plan(cacheDir).look().present;
}

/** The parts to build and their cache entries. Each `look` checks whether an entry exists. */
function plan(cacheDir: string) {
    const asked = askedProviderVersion();
    const parts = pulumiParts(asked).map((part) => ({ part, look: () => goEntry(cacheDir, part) }));
    const keys = parts.map(({ part, look }) => [look().key, linkerFlags(part)]);
    const key = contentKey({ layout: 1, asked, parts: keys });
    return { asked, parts, look: (): CacheEntry => cacheEntry(cacheDir, "pulumi", key) };
}

function announce(missing: GoPart[], report: Report): void {
    if (missing.length === 0) return;
    const seconds = missing.reduce((sum, part) => sum + part.usualSeconds, 0);
    report(
        `Building the Pulumi CLI and its Kubernetes provider from their sources, once: about ${duration(seconds)} on ` +
            "2 cores, 2 GB of downloads and build cache, 450 MB kept.",
    );
}

/** Links the programs into a folder for the PATH, and plugins as in a PULUMI_HOME. */
function layOut(folder: string, cli: string, provider: string, asked: string): void {
    const plugin = path.join(folder, "plugins", `resource-kubernetes-v${asked}`);
    link(cli, path.join(folder, "bin"));
    link(provider, plugin);
}

function link(from: string, to: string): void {
    fs.mkdirSync(to, { recursive: true });
    for (const name of fs.readdirSync(from)) fs.linkSync(path.join(from, name), path.join(to, name));
}
