import * as path from "node:path";
import { cacheDirectory, cacheEntry, contentKey, fileDigests, fillEntry, type CacheEntry } from "./cache";
import { ensureEntry } from "./ensureEntry";
import { ensureJava } from "./java";
import { fetchDependencies } from "./mavenCentral";
import type { Report } from "./report";

/** A Java program, and its libraries. */
export interface JavaLibraries {
    /** The program `java`. */
    java: string;
    /** Value of `-cp`. */
    classPath: string;
}

/**
 * The libraries that `java/NAME/pom.xml` names, from the cache, which it fills from Maven Central if needed. Only tests of
 * storages need them, so no lab waits for them.
 */
export async function ensureJavaLibraries(
    name: string,
    title: string,
    report: Report,
    cacheDir: string = cacheDirectory(),
): Promise<JavaLibraries> {
    const sources = path.join(__dirname, "java", name);
    const java = await ensureJava(report, cacheDir);
    const look = (): CacheEntry => cacheEntry(cacheDir, name, contentKey({ own: fileDigests(sources) }));
    const folder = await ensureEntry(report, cacheDir, look, (entry) => {
        report(`fetching ${title} from Maven Central`);
        const log = path.join(cacheDir, "logs", `${name}.log`);
        return fillEntry(cacheDir, entry, (target) => fetchDependencies(path.join(target, "lib"), sources, java, log));
    });
    return { java: java.program, classPath: path.join(folder, "lib", "*") };
}
