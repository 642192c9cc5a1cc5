import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { directory, link, textFile, tree } from "./layer";
import type { TarEntry } from "./tar";

/** Users of the upstream images. */
const USERS = [
    ["root", 0, 0, "/root"],
    ["curl_user", 100, 101, "/home/curl_user"],
    ["istio-proxy", 1337, 1337, "/home/istio-proxy"],
    ["jaeger", 10001, 10001, "/"],
    ["nobody", 65534, 65534, "/"],
    ["nonroot", 65532, 65532, "/home/nonroot"],
] as const;

/** Documentation, translations, and files only for installation or text conversion. */
const SKIPPED = [
    /^usr\/share\/(?!ca-certificates$)/,
    /^usr\/share\/ca-certificates/,
    /^usr\/lib\/[^/]+\/(gconv|audit|perl|sasl2|engines-3|ossl-modules)$/,
    /^usr\/(games|local|include)$/,
    /^etc\/(alternatives|init\.d|default|cron|logrotate|apt|dpkg|perl)/,
    /^var\/(lib\/dpkg|cache|log)/,
];

/** Base files of every image without its own file system: users, certificates, name resolution and /tmp. */
export function staticEntries(debianBase: string): TarEntry[] {
    return [
        directory("tmp", { mode: 0o1777 }),
        textFile(
            "etc/passwd",
            lines(USERS.map(([name, uid, gid, home]) => `${name}:x:${uid}:${gid}::${home}:/bin/sh`)),
        ),
        textFile(
            "etc/group",
            lines(USERS.map(([name, , gid]) => `${name === "curl_user" ? "curl_group" : name}:x:${gid}:`)),
        ),
        textFile(
            "etc/nsswitch.conf",
            "passwd: files\ngroup: files\nhosts: files dns\nprotocols: files\nservices: files\n",
        ),
        textFile("etc/ssl/certs/ca-certificates.crt", certificates(debianBase)),
    ];
}

/** A small Debian: the C library, busybox with links for its programs, curl and iptables. */
export function baseEntries(debianBase: string): TarEntry[] {
    const debian = tree(debianBase, (name) => SKIPPED.some((pattern) => pattern.test(name)));
    const present = new Set(debian.map((entry) => entry.name));
    const onPath = new Set(
        [...present].filter((name) => /^(usr\/)?s?bin\//.test(name)).map((name) => path.posix.basename(name)),
    );
    const applets = execFileSync(path.join(debianBase, "bin/busybox"), ["--list"], { encoding: "utf8" })
        .trim()
        .split("\n");
    const links = applets.filter((name) => !onPath.has(name)).map((name) => link(`bin/${name}`, "busybox"));
    return [
        ...debian,
        ...links,
        ...staticEntries(debianBase),
        directory("home/istio-proxy", { uid: 1337, gid: 1337 }),
        directory("root", { mode: 0o700 }),
        directory("run"),
        directory("var/run"),
        textFile(
            "etc/os-release",
            'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
        ),
    ];
}

/** The bundle that update-ca-certificates would create. */
function certificates(debianBase: string): string {
    const folder = path.join(debianBase, "usr/share/ca-certificates/mozilla");
    const files = fs.readdirSync(folder).filter((name) => name.endsWith(".crt"));
    return files
        .sort()
        .map((name) => fs.readFileSync(path.join(folder, name), "utf8"))
        .join("");
}

function lines(all: string[]): string {
    return `${all.join("\n")}\n`;
}
