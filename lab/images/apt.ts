import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "./run";

/** A downloaded Debian package. */
export interface PackageFile {
    name: string;
    version: string;
    path: string;
}

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
const NEXT_STEP =
    "the lab needs a reachable Debian mirror, taken from this machine's apt configuration; see the log, then run again.";

/**
 * apt with its own folders, configuration and empty package state, so that it resolves every dependency, even installed
 * ones. From the machine's configuration, it uses the Debian mirror, the proxies and the keyring.
 */
export class Apt {
    private readonly work: string;
    private readonly suite: string;
    private readonly log: string;

    constructor(work: string, suite: string, log: string) {
        this.work = work;
        this.suite = suite;
        this.log = log;
    }

    /** Reads the package lists. */
    async update(): Promise<void> {
        for (const folder of ["lists/partial", "archives/partial", "parts"]) {
            fs.mkdirSync(path.join(this.work, folder), { recursive: true });
        }
        fs.writeFileSync(path.join(this.work, "status"), "");
        const signedBy = fs.existsSync(KEYRING) ? `[signed-by=${KEYRING}] ` : "";
        fs.writeFileSync(path.join(this.work, "sources.list"), `deb ${signedBy}${debianMirror()} ${this.suite} main\n`);
        fs.writeFileSync(path.join(this.work, "apt.conf"), this.configuration());
        await this.get("read Debian's package lists", ["update"]);
    }

    /** Downloads packages with all dependencies. */
    async download(packages: string[]): Promise<PackageFile[]> {
        const list = await this.get("resolve Debian packages", ["--simulate", "install", ...packages]);
        await this.get("download Debian packages", ["--download-only", "install", ...packages]);
        const archives = fs.readdirSync(path.join(this.work, "archives"));
        return parseSimulation(list).map(({ name, version }) => {
            const prefix = `${name}_${version.replace(":", "%3a")}_`;
            const file = archives.find((archive) => archive.startsWith(prefix));
            if (file === undefined) {
                throw new Error(`apt downloaded no ${name} ${version}. Full log: ${this.log}\nNext step: ${NEXT_STEP}`);
            }
            return { name, version, path: path.join(this.work, "archives", file) };
        });
    }

    private get(what: string, args: string[]): Promise<string> {
        return run({
            what,
            program: "apt-get",
            args: ["--quiet", "--yes", ...args],
            env: {
                ...process.env,
                APT_CONFIG: path.join(this.work, "apt.conf"),
                DEBIAN_FRONTEND: "noninteractive",
                LC_ALL: "C",
            },
            log: this.log,
            nextStep: NEXT_STEP,
        });
    }

    /** Without the machine's apt.conf.d, because its hooks may change the machine's package cache. */
    private configuration(): string {
        const at = (name: string): string => JSON.stringify(path.join(this.work, name));
        return [
            ...networkSettings(execFileSync("apt-config", ["dump"], { encoding: "utf8" })),
            `Dir::State ${at("")};`,
            `Dir::State::lists ${at("lists")};`,
            `Dir::State::status ${at("status")};`,
            `Dir::State::extended_states ${at("extended_states")};`,
            `Dir::Cache ${at("")};`,
            `Dir::Cache::archives ${at("archives")};`,
            `Dir::Log ${at("")};`,
            `Dir::Etc::sourcelist ${at("sources.list")};`,
            `Dir::Etc::sourceparts ${at("parts")};`,
            `Dir::Etc::parts ${at("parts")};`,
            `Dir::Etc::main "/dev/null";`,
            `Dir::Etc::preferences "/dev/null";`,
            `Dir::Etc::preferencesparts ${at("parts")};`,
            `APT::Install-Recommends "false";`,
            `APT::Sandbox::User "root";`,
            `Acquire::Languages "none";`,
            "",
        ].join("\n");
    }
}

/** Lines of `apt-config dump` with proxies and other connection settings. */
export function networkSettings(dump: string): string[] {
    return dump.split("\n").filter((line) => /^Acquire::(https?|Check-|Retries|ForceIPv|Proxy)/i.test(line));
}

/** Packages and versions in the output of `apt-get --simulate install`. */
export function parseSimulation(output: string): { name: string; version: string }[] {
    return [...output.matchAll(/^Inst (\S+) \((\S+) /gm)].map(([, name = "", version = ""]) => ({ name, version }));
}

/** The address of this machine's Debian mirror. Every mirror has every suite. */
function debianMirror(): string {
    const targets = execFileSync(
        "apt-get",
        ["indextargets", "--format", "$(COMPONENT) $(REPO_URI)", "Created-By: Packages"],
        {
            encoding: "utf8",
        },
    );
    const mirror = pickMirror(targets);
    if (mirror === undefined) {
        throw new Error(
            "Expected a Debian mirror in this machine's apt configuration (apt-get indextargets), got none. The lab needs Debian packages.\n" +
                "Next step: run it on Debian, or use `pulumi up` on your own cluster.",
        );
    }
    return mirror;
}

/** The first repository with the component main that is Debian itself, not a security or backports archive. */
export function pickMirror(targets: string): string | undefined {
    for (const line of targets.split("\n")) {
        const [component, uri] = line.split(" ");
        if (component === "main" && uri !== undefined && /\/debian\/?$/.test(uri)) {
            return uri;
        }
    }
    return undefined;
}
