import * as fs from "node:fs";
import * as path from "node:path";
import { cacheDirectory, cacheEntry, contentKey, type CacheEntry } from "./cache";
import { SUITE } from "./debian";
import { ensureUnpacked } from "./debianPackages";
import type { LockWait } from "./lock";
import type { Report } from "./report";

/** Unpacked, not installed, Java 17 and Maven. */
export interface Java {
    /** Value of JAVA_HOME. */
    home: string;
    /** The program `java`. */
    program: string;
    /** The program `mvn`, which needs JAVA_HOME. */
    maven: string;
}

/** How a Java program runs. */
export interface JavaRun {
    /** Most memory of its heap. */
    heapMiB: number;
    /** Whether it compiles a little instead of much: it starts faster, and works slower. */
    startsFast: boolean;
}

const PACKAGES = ["openjdk-17-jre-headless", "maven"];

/** Maven's libraries are Java packages. What else Java depends on is for pictures and sound, or on every Debian. */
const WANTED = /^(openjdk-17-jre-headless|maven|lib.+-java)$/;

/** Java and Maven from the cache, which it fills from Debian if needed. Only parts from Maven Central need them. */
export async function ensureJava(
    report: Report,
    cacheDir: string = cacheDirectory(),
    wait: LockWait = {},
): Promise<Java> {
    const inputs = { layout: 1, SUITE, PACKAGES, wanted: WANTED.source, arch: process.arch };
    const look = (): CacheEntry => cacheEntry(cacheDir, "java", contentKey(inputs));
    const isWanted = (name: string): boolean => WANTED.test(name);
    const wanted = { name: "java", packages: PACKAGES, isWanted, finish: keepLinksInside };
    const root = await ensureUnpacked(report, cacheDir, look, wanted, wait);
    const machines = path.join(root, "usr/lib/jvm");
    const machine = fs.readdirSync(machines).find((name) => name.startsWith("java-17-openjdk-"));
    if (machine === undefined) {
        throw new Error(`Expected Java 17 in ${machines}, got none. Remove ${root}, then run the same command again.`);
    }
    const home = path.join(machines, machine);
    return { home, program: path.join(home, "bin/java"), maven: path.join(root, "usr/share/maven/bin/mvn") };
}

/** The program `java` with the options of a run. */
export function javaCommand(program: string, { heapMiB, startsFast }: JavaRun): string[] {
    return [program, `-Xmx${String(heapMiB)}m`, ...(startsFast ? ["-XX:TieredStopAtLevel=1"] : [])];
}

/** Makes absolute symbolic links lead to files of the folder instead of files of the machine. */
export function keepLinksInside(folder: string): void {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
        if (!entry.isSymbolicLink()) continue;
        const link = path.join(entry.parentPath, entry.name);
        const target = fs.readlinkSync(link);
        if (!path.isAbsolute(target)) continue;
        fs.unlinkSync(link);
        fs.symlinkSync(path.relative(entry.parentPath, path.join(folder, target)), link);
    }
}
