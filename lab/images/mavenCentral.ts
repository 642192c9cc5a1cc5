import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { cacheDirectory, cacheEntry, contentKey, fillEntry, type CacheEntry } from "./cache";
import { ensureJava, type Java } from "./java";
import { withLock } from "./lock";
import type { Report } from "./report";
import { run } from "./run";
import { writeTrustStore } from "./trustStore";

/** One file of Maven Central. */
export interface MavenFile {
    /** `group:artifact:version:type[:classifier]`. */
    coordinates: string;
    sha256: string;
}

/** Maven's plugin that copies a file. */
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

/** A file of Maven Central from the cache, which Maven fills if needed, through the mirrors and proxies that it knows. */
export async function ensureMavenFile(
    report: Report,
    file: MavenFile,
    cacheDir: string = cacheDirectory(),
): Promise<string> {
    const name = `maven-${file.coordinates.split(":")[1] ?? ""}`;
    const look = (): CacheEntry => cacheEntry(cacheDir, name, contentKey({ file }));
    const java = await ensureJava(report, cacheDir);
    if (!look().present) {
        await withLock(path.join(cacheDir, "lock"), report, async () => {
            if (look().present) return;
            report(`fetching ${file.coordinates} from Maven Central`);
            const log = path.join(cacheDir, "logs", `${name}.log`);
            await fillEntry(cacheDir, look(), (folder) => fetchFile(folder, file, java, log));
        });
    }
    const { folder } = look();
    return path.join(folder, onlyFile(folder));
}

/** Downloads into a repository of its own, so that the user's is neither read nor changed. */
async function fetchFile(folder: string, { coordinates, sha256 }: MavenFile, java: Java, log: string): Promise<void> {
    const work = path.join(folder, "work");
    fs.mkdirSync(work);
    const trustStore = path.join(work, "trusted.jks");
    writeTrustStore(trustStore);
    await run({
        what: `download ${coordinates}`,
        program: java.maven,
        args: [
            ...["--batch-mode", "--no-transfer-progress", `-Dmaven.repo.local=${path.join(work, "repository")}`],
            ...[COPY, `-Dartifact=${coordinates}`, `-DoutputDirectory=${folder}`],
        ],
        cwd: work,
        env: {
            ...process.env,
            JAVA_HOME: java.home,
            MAVEN_OPTS: `-Djavax.net.ssl.trustStore=${trustStore} ${process.env.MAVEN_OPTS ?? ""}`,
        },
        log,
        nextStep: "check that Maven Central or your mirror of it is reachable (~/.m2/settings.xml).",
    });
    fs.rmSync(work, { recursive: true });
    const got = await digest(path.join(folder, onlyFile(folder)));
    if (got !== sha256) {
        throw new Error(
            `Expected ${coordinates} with the SHA-256 ${sha256}, got ${got}.\n` +
                "Next step: check the mirror of Maven Central that you use (~/.m2/settings.xml).",
        );
    }
}

function onlyFile(folder: string): string {
    const [file, ...others] = fs.readdirSync(folder);
    if (file === undefined || others.length > 0) throw new Error(`expected one file in ${folder}`);
    return file;
}

async function digest(file: string): Promise<string> {
    const hash = createHash("sha256");
    await pipeline(fs.createReadStream(file), hash);
    return hash.digest("hex");
}
