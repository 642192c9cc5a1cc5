import * as fs from "node:fs";
import * as path from "node:path";
import { Apt } from "./apt";
import { type CacheEntry, cacheEntry, contentKey, fillEntry, temporaryDirectory } from "./cache";
import type { Report } from "./report";
import { run } from "./run";

/** Unpacked, not installed, Debian packages. */
export interface DebianRoot {
    root: string;
    /** Folders for PATH. */
    path: string[];
    /** Value of LD_LIBRARY_PATH, for these programs only. */
    libraryPath: string;
    /** Folder of the CNI plugins. */
    cniBinDir: string;
    /** Value of XTABLES_LIBDIR: where iptables finds its extensions. */
    xtablesDir: string;
}

export const SUITE = "bookworm";

/** Packages of the node and of the images' base. Dependencies are added to each list. */
const PACKAGES = {
    node: [
        "containerd",
        "runc",
        "containernetworking-plugins",
        "iptables",
        "nftables",
        "iproute2",
        "conntrack",
        "openssl",
    ],
    base: ["busybox-static", "iptables", "curl", "ca-certificates", "netbase"],
};

/**
 * Omitted dependencies. The C library must be the machine's own, like its loader, because two versions in one process
 * crash. The rest is only for installation scripts, which never run here.
 */
const LEFT_OUT = {
    node: ["libc6", "libgcc-s1", "gcc-12-base", "debconf", "libdb5.3", "libcap2-bin", "netbase", "libtirpc-common"],
    base: ["gcc-12-base", "debconf", "openssl"],
};

/** Debian's name of the machine's library folder. */
export function multiarch(): string {
    const names: Partial<Record<NodeJS.Architecture, string>> = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };
    const name = names[process.arch];
    if (name === undefined) {
        throw new Error(`The lab runs on x64 only; this machine is ${process.arch}.`);
    }
    return name;
}

/** The cache entry of the unpacked packages: folders `node` and `base`, and `versions.json`. */
export function debianEntry(cacheDir: string): CacheEntry {
    return cacheEntry(cacheDir, "debian", contentKey({ layout: 1, SUITE, PACKAGES, LEFT_OUT, arch: process.arch }));
}

/** The paths of the node's programs. */
export function debianRoot(entry: CacheEntry): DebianRoot {
    const root = path.join(entry.folder, "node");
    const triplet = multiarch();
    return {
        root,
        path: ["usr/sbin", "usr/bin", "sbin", "bin"].map((folder) => path.join(root, folder)),
        libraryPath: ["usr/lib", "lib"].map((folder) => path.join(root, folder, triplet)).join(":"),
        cniBinDir: path.join(root, "usr/lib/cni"),
        xtablesDir: path.join(root, "usr/lib", triplet, "xtables"),
    };
}

/** Versions of the main unpacked packages. */
export function debianVersions(entry: CacheEntry): Record<string, string> {
    const all = JSON.parse(fs.readFileSync(path.join(entry.folder, "versions.json"), "utf8")) as Record<string, string>;
    return Object.fromEntries(Object.entries(all).filter(([name]) => PACKAGES.node.includes(name) || name === "curl"));
}

/** Downloads and unpacks the packages; the machine's own package state is neither read for versions nor changed. */
export async function unpackDebian(cacheDir: string, entry: CacheEntry, say: Report): Promise<void> {
    const log = path.join(cacheDir, "logs", "debian.log");
    const work = path.join(temporaryDirectory(cacheDir), `apt-${process.pid}`);
    const apt = new Apt(work, SUITE, log);
    try {
        await apt.update();
        say("package lists read");
        await fillEntry(cacheDir, entry, async (folder) => {
            const versions: Record<string, string> = {};
            for (const kind of ["node", "base"] as const) {
                const files = await apt.download(PACKAGES[kind]);
                const wanted = files.filter((file) => !LEFT_OUT[kind].includes(file.name));
                say(`${wanted.length} packages for the ${kind === "node" ? "node" : "base of the images"}`);
                for (const file of wanted) {
                    versions[file.name] = file.version;
                    await run({
                        what: `unpack the Debian package ${file.name}`,
                        program: "dpkg-deb",
                        args: ["--extract", file.path, path.join(folder, kind)],
                        log,
                        nextStep: "look for a full disk (df -h), then run the same command again.",
                    });
                }
                linkIptables(path.join(folder, kind));
            }
            fs.writeFileSync(path.join(folder, "versions.json"), JSON.stringify(versions, null, 4));
        });
    } finally {
        fs.rmSync(work, { recursive: true, force: true });
    }
}

/** Debian creates these links at installation with update-alternatives. */
function linkIptables(root: string): void {
    for (const family of ["iptables", "ip6tables"]) {
        for (const suffix of ["", "-save", "-restore"]) {
            fs.symlinkSync("xtables-nft-multi", path.join(root, "usr/sbin", `${family}${suffix}`));
        }
    }
}
