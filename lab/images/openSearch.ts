import * as fs from "node:fs";
import * as path from "node:path";
import { cacheDirectory, cacheEntry, contentKey, fileDigests, fillEntry, type CacheEntry } from "./cache";
import { ensureEntry } from "./ensureEntry";
import { ensureJava, javaCommand, type Java, type JavaRun } from "./java";
import { ensureMavenFile, fetchDependencies, type MavenFile } from "./mavenCentral";
import type { Report } from "./report";
import { run } from "./run";

/** Folder with the libraries' names and checksums, and our program that starts a node. */
const SOURCES = path.join(__dirname, "java", "opensearch");
const PROGRAM = "OpenSearchNode";

/** Eclipse's compiler. Debian's Java has none without a graphical library. */
const COMPILER: MavenFile = {
    coordinates: "org.eclipse.jdt:ecj:3.37.0:jar",
    sha256: "cde026ff966b48b5e5f148b6f041ceff3cf4f85cf75155f4ec0f40e4ee14b545",
};

/** A command that starts an OpenSearch node. Its further arguments: folder, address, port. */
export type OpenSearch = readonly string[];

/**
 * OpenSearch 2.19 from the cache, which it fills from Maven Central if needed. It has neither TLS nor logins: those are in
 * a plugin that Maven Central does not have. Only tests of storages need it, so no lab waits for it.
 */
export async function ensureOpenSearch(
    report: Report,
    cacheDir: string = cacheDirectory(),
    run: JavaRun = { heapMiB: 384, startsFast: true },
): Promise<OpenSearch> {
    const java = await ensureJava(report, cacheDir);
    const compiler = await ensureMavenFile(report, COMPILER, cacheDir);
    const look = (): CacheEntry =>
        cacheEntry(cacheDir, "opensearch", contentKey({ COMPILER, own: fileDigests(SOURCES) }));
    const folder = await ensureEntry(report, cacheDir, look, (entry) => {
        report("fetching OpenSearch from Maven Central");
        const log = path.join(cacheDir, "logs", "opensearch.log");
        return fillEntry(cacheDir, entry, async (target) => {
            await fetchDependencies(path.join(target, "lib"), SOURCES, java, log);
            await compile(target, compiler, java, log);
        });
    });
    const classPath = [path.join(folder, "classes"), path.join(folder, "lib", "*")].join(":");
    return [...javaCommand(java.program, run), "-cp", classPath, PROGRAM];
}

async function compile(folder: string, compiler: string, java: Java, log: string): Promise<void> {
    const libraries = path.join(folder, "lib");
    const classPath = fs.readdirSync(libraries).map((name) => path.join(libraries, name));
    await run({
        what: `compile ${PROGRAM}.java`,
        program: java.program,
        args: [
            ...["-jar", compiler, "--release", "17", "-nowarn", "-cp", classPath.join(":")],
            ...["-d", path.join(folder, "classes"), path.join(SOURCES, `${PROGRAM}.java`)],
        ],
        log,
        nextStep: "see the log for the compiler's errors.",
    });
}
