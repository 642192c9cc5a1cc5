import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Artifacts } from "../images";
import { UserError } from "../../shared/terminal/errors";
import type { LabIdentity } from "../identity";
import { FAMILY_NETWORKS, type IpFamily } from "../ipFamilies";
import type { Holder } from "./holder";
import { quote } from "../../shared/values/quote";

/** Host folders that the lab replaces with its own empty ones, so that default paths never touch the host's. */
const hiddenFolders = ["/run", "/var/lib", "/var/log"];

/**
 * Kernel settings of the whole machine that the kubelet would change. In the lab, they already have the expected
 * values.
 */
const kernelSettings: Record<string, string> = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
};

/** Folder of the lab's state -> its path in the node. On disk, because the rest is in memory. */
const stateFolders: Record<string, string> = {
    containerd: "/var/lib/containerd",
    kubelet: "/var/lib/kubelet",
    etcd: "/var/lib/etcd",
    "logs/pods": "/var/log/pods",
};

/** The shell script that turns a copy of the host's mounts into the node's mounts. Runs inside the namespaces. */
export function mountScript(stateDir: string, neededFolders: string[]): string {
    const lines = ["set -e"];
    const kept = [stateDir, ...neededFolders].filter((path) => hiddenFolders.some((hidden) => isBelow(path, hidden)));
    const descriptors = kept.map((path, index) => ({ path, descriptor: 3 + index }));
    for (const { path, descriptor } of descriptors) lines.push(`exec ${descriptor}<${quote(path)}`);
    for (const hidden of hiddenFolders) lines.push(`mount -t tmpfs -o mode=755 tmpfs ${hidden}`);
    for (const { path, descriptor } of descriptors) {
        // An open descriptor reaches a folder that the previous line has hidden.
        const source = `/proc/self/fd/${descriptor}`;
        lines.push(`mkdir -p ${quote(path)}`, `mount --no-canonicalize --bind ${source} ${quote(path)}`);
    }
    for (const [folder, target] of Object.entries(stateFolders)) {
        const source = join(stateDir, folder);
        lines.push(`mkdir -p ${quote(source)} ${target}`, `mount --bind ${quote(source)} ${target}`);
    }
    lines.push("mkdir -p /run/lab/tmp /run/lab/sysctl");
    for (const [setting, value] of Object.entries(kernelSettings)) {
        const file = `/run/lab/sysctl/${setting.replaceAll("/", ".")}`;
        lines.push(
            `echo ${value} >${file}`,
            `[ ! -e /proc/sys/${setting} ] || mount --bind ${file} /proc/sys/${setting}`,
        );
    }
    // Pods can use mount propagation, which needs a shared root.
    lines.push("mount --make-rshared /");
    return lines.join("\n");
}

/**
 * The shell script that creates the node's network: one address of each family, and routes to pods and Services, but not to
 * the outside.
 */
export function networkScript({ families, nodeAddresses }: Pick<LabIdentity, "families" | "nodeAddresses">): string {
    return [
        "set -e",
        "ip link set lo up",
        "ip link add node0 type veth peer name node0-peer",
        "ip link set node0-peer up",
        "ip link set node0 up",
        ...families.flatMap((family, index) => familyLines(family, nodeAddresses[index] ?? "")),
    ].join("\n");
}

function familyLines(family: IpFamily, nodeAddress: string): string[] {
    const { nodePrefix, serviceSubnet, forwarding } = FAMILY_NETWORKS[family];
    const [ip, flags] = family === "ipv6" ? ["ip -6", " nodad"] : ["ip", ""];
    return [
        `${ip} address add ${nodeAddress}/${String(nodePrefix)} dev node0${flags}`,
        // Service addresses are rewritten on the way out. Until then, they need any route.
        `${ip} route add ${serviceSubnet} dev node0 src ${nodeAddress}`,
        `${ip} route add unreachable default`,
        `echo 1 >/proc/sys/net/${forwarding}`,
    ];
}

/** Environment of everything that runs inside the node. */
export function nodeEnvironment(artifacts: Artifacts): NodeJS.ProcessEnv {
    const { debian, binDir } = artifacts;
    return {
        PATH: [
            binDir,
            ...debian.path,
            "/usr/local/sbin",
            "/usr/local/bin",
            "/usr/sbin",
            "/usr/bin",
            "/sbin",
            "/bin",
        ].join(":"),
        LD_LIBRARY_PATH: debian.libraryPath,
        XTABLES_LIBDIR: debian.xtablesDir,
        TMPDIR: "/run/lab/tmp",
        HOME: "/run/lab",
    };
}

/** Runs a shell script inside the node to its end. */
export async function runInNode(holder: Holder, script: string, env: NodeJS.ProcessEnv): Promise<string> {
    return new Promise((resolve, reject) => {
        execFile("nsenter", [...enter(holder), "sh", "-c", script], { env }, (error, stdout, stderr) => {
            if (error === null) resolve(stdout);
            else reject(new UserError(`could not set up the node: ${stderr.trim() || error.message}`));
        });
    });
}

function enter(holder: Holder): string[] {
    return ["--target", String(holder.process.pid), "--mount", "--net", "--pid"];
}

function isBelow(path: string, folder: string): boolean {
    return path === folder || path.startsWith(`${folder}/`);
}
