import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { cacheDirectory, cacheEntry, contentKey, fillEntry, type CacheEntry } from "./cache";
import { ensureEntry } from "./ensureEntry";
import { ensureJava, type Java } from "./java";
import type { LockWait } from "./lock";
import type { Report } from "./report";
import { run } from "./run";
import { writeTrustStore } from "./trustStore";

/** One file of Maven Central. */
export interface MavenFile {
    /** `group:artifact:version:type[:classifier]`. */
    coordinates: string;
    sha256: string;
}

/** Maven's plugin that copies a file, and all libraries of a project. */
const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
const COPY_ALL = `${COPY}-dependencies`;

/** A file of Maven Central from the cache, which Maven fills if needed, through the mirrors and proxies that it knows. */
export async function ensureMavenFile(
    report: Report,
    file: MavenFile,
    cacheDir: string = cacheDirectory(),
    wait: LockWait = {},
): Promise<string> {
    const name = `maven-${file.coordinates.split(":")[1] ?? ""}`;
    const look = (): CacheEntry => cacheEntry(cacheDir, name, contentKey({ file }));
    const java = await ensureJava(report, cacheDir, wait);
    const fill = (entry: CacheEntry): Promise<void> => {
        report(`fetching ${file.coordinates} from Maven Central`);
        const log = path.join(cacheDir, "logs", `${name}.log`);
        return fillEntry(cacheDir, entry, (target) => fetchFile(target, file, java, log));
    };
    const folder = await ensureEntry(report, cacheDir, look, fill, wait);
    return path.join(folder, onlyFile(folder));
}

async function fetchFile(folder: string, { coordinates, sha256 }: MavenFile, java: Java, log: string): Promise<void> {
    const goal = [COPY, `-Dartifact=${coordinates}`, `-DoutputDirectory=${folder}`];
    await runMaven(`download ${coordinates}`, goal, path.join(folder, "work"), java, log);
    await verify(path.join(folder, onlyFile(folder)), coordinates, sha256);
}

/**
 * Downloads the libraries that a folder's `pom.xml` names, with all that they need, into another folder. Its
 * `jars.sha256` says which files these are, in the form of `sha256sum`.
 */
export async function fetchDependencies(folder: string, sources: string, java: Java, log: string): Promise<void> {
    const pom = path.join(sources, "pom.xml");
    const goal = ["-f", pom, COPY_ALL, "-DincludeScope=runtime", `-DoutputDirectory=${folder}`];
    await runMaven(`download what ${pom} names`, goal, `${folder}-work`, java, log);
    const wanted = fs
        .readFileSync(path.join(sources, "jars.sha256"), "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(/ +/) as [sha256: string, name: string]);
    for (const [sha256, name] of wanted) await verify(path.join(folder, name), name, sha256);
    const names = wanted.map(([, name]) => name);
    const others = fs.readdirSync(folder).filter((name) => !names.includes(name));
    if (others.length > 0) throw new Error(`Expected only the files of jars.sha256, got also ${others.join(", ")}.`);
}

/** Runs Maven with a repository of its own, so that the user's is neither read nor changed. */
async function runMaven(what: string, goal: string[], work: string, java: Java, log: string): Promise<void> {
    fs.mkdirSync(work, { recursive: true });
    const trustStore = path.join(work, "trusted.jks");
    writeTrustStore(trustStore);
    await run({
        what,
        program: java.maven,
        args: [
            ...["--batch-mode", "--no-transfer-progress", `-Dmaven.repo.local=${path.join(work, "repository")}`],
            ...goal,
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
}

async function verify(file: string, name: string, sha256: string): Promise<void> {
    const got = fs.existsSync(file) ? await digest(file) : "no such file";
    if (got === sha256) return;
    throw new Error(
        `Expected ${name} with the SHA-256 ${sha256}, got ${got}.\n` +
            "Next step: check the mirror of Maven Central that you use (~/.m2/settings.xml).",
    );
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
