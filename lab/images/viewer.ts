import { cacheDirectory } from "./cache";
import { ensureJava } from "./java";
import { ensureMavenFile, type MavenFile } from "./mavenCentral";
import type { Report } from "./report";

/** Zipkin's server with its page, Lens. */
const SERVER: MavenFile = {
    coordinates: "io.zipkin:zipkin-server:3.5.1:jar:exec",
    sha256: "7ac633a6832647e71e50012a5e3e91fbc7054414955261724526030faf271d8d",
};

/** Somebody looks at the screen meanwhile, who would not wait for the build of another run. */
const WAIT = { limitSeconds: 60 };

/** A page that shows traces, and the Java that runs its server. */
export interface Viewer {
    /** The program `java`. */
    java: string;
    jar: string;
}

/** The trace viewer from the cache, which it fills if needed. Nothing but the end of the demo waits for it. */
export async function ensureViewer(report: Report, cacheDir: string = cacheDirectory()): Promise<Viewer> {
    const { program: java } = await ensureJava(report, cacheDir, WAIT);
    return { java, jar: await ensureMavenFile(report, SERVER, cacheDir, WAIT) };
}
