import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabIdentity } from "../identity";
import { networksOf, ofFamilies, type IpFamily } from "../ipFamilies";
import { cniFolders } from "./cniFolders";
import type { Credentials } from "./credentials";
import { listenAddress } from "./controlPlane";
import type { Program } from "./supervisor";

export const containerdSocket = "/run/containerd/containerd.sock";

export type Snapshotter = "overlayfs" | "native";

export interface ContainerdOptions {
    snapshotter: Snapshotter;
    pauseImage: string;
    cniBinDir: string;
    cniConfDir: string;
    root: string;
    socket: string;
}

/** containerd's configuration in TOML, whose strings have the syntax of JSON. */
export function containerdConfig(options: ContainerdOptions): string {
    const cri = `plugins."io.containerd.grpc.v1.cri"`;
    return `version = 2
root = ${JSON.stringify(options.root)}
state = "/run/containerd"
# "opt" would make /opt/containerd on the host.
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing"]

[grpc]
address = ${JSON.stringify(options.socket)}

[${cri}]
sandbox_image = ${JSON.stringify(options.pauseImage)}
restrict_oom_score_adj = true

[${cri}.containerd]
snapshotter = ${JSON.stringify(options.snapshotter)}
default_runtime_name = "runc"

[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[${cri}.containerd.runtimes.runc.options]
SystemdCgroup = false

[${cri}.cni]
bin_dir = ${JSON.stringify(options.cniBinDir)}
conf_dir = ${JSON.stringify(options.cniConfDir)}
`;
}

/** How pods get their addresses. Each pod has its own routed link, so that no bridge with netfilter hooks is needed. */
export function cniConfig(families: IpFamily[]): object {
    const networks = networksOf(families);
    return {
        cniVersion: "1.0.0",
        name: "lab",
        plugins: [
            {
                type: "ptp",
                ipMasq: false,
                ipam: {
                    type: "host-local",
                    ranges: networks.map(({ nodePodSubnet }) => [{ subnet: nodePodSubnet }]),
                    routes: networks.map(({ everywhere }) => ({ dst: everywhere })),
                    dataDir: "/run/cni",
                },
            },
            { type: "portmap", capabilities: { portMappings: true } },
        ],
    };
}

export function kubeletConfig(identity: LabIdentity, credentials: Credentials): object {
    return {
        apiVersion: "kubelet.config.k8s.io/v1beta1",
        kind: "KubeletConfiguration",
        cgroupDriver: "cgroupfs",
        cgroupRoot: `/${identity.name}`,
        failCgroupV1: false,
        failSwapOn: false,
        containerRuntimeEndpoint: `unix://${containerdSocket}`,
        clusterDomain: "cluster.local",
        address: listenAddress(identity),
        clusterDNS: networksOf(identity.families)
            .slice(0, 1)
            .map(({ dnsAddress }) => dnsAddress),
        resolvConf: "/dev/null",
        authentication: { anonymous: { enabled: false }, x509: { clientCAFile: credentials.authority } },
        tlsCertFile: credentials.kubelet.certificate,
        tlsPrivateKeyFile: credentials.kubelet.key,
        // Fractions of the host's disk, which other data may nearly fill.
        imageGCHighThresholdPercent: 100,
        evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
        makeIPTablesUtilChains: false,
        // The process need not be allowed to lower it.
        oomScoreAdj: 0,
        volumePluginDir: "/var/lib/kubelet/volume-plugins",
    };
}

export function kubelet(identity: LabIdentity, credentials: Credentials, configFile: string): Program {
    return {
        program: "kubelet",
        // It exits if no container runtime answers, and registers its node only once.
        needs: ["containerd", "kube-apiserver"],
        args: [
            `--config=${configFile}`,
            `--kubeconfig=${credentials.kubeconfigs.kubelet}`,
            `--hostname-override=${identity.name}`,
            `--node-ip=${identity.nodeAddresses.join(",")}`,
        ],
    };
}

export function containerdProgram(configFile: string): Program {
    return {
        program: "containerd",
        needs: [],
        health: { socket: containerdSocket },
        args: ["--config", configFile, "--log-level", "warn"],
    };
}

export function kubeProxy(configFile: string): Program {
    return { program: "kube-proxy", needs: ["kube-apiserver"], args: [`--config=${configFile}`] };
}

export function kubeProxyConfig(identity: LabIdentity, credentials: Credentials): object {
    return {
        apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
        kind: "KubeProxyConfiguration",
        mode: "nftables",
        hostnameOverride: identity.name,
        clusterCIDR: ofFamilies(identity.families, ({ podSubnet }) => podSubnet),
        clientConnection: { kubeconfig: credentials.kubeconfigs.kubeProxy },
        // A limit of the whole machine, not only of the lab's network.
        conntrack: { maxPerCore: 0 },
        nftables: { minSyncPeriod: "50ms" },
        healthzBindAddress: "127.0.0.1:10256",
        metricsBindAddress: "127.0.0.1:10249",
    };
}

/** Writes the files that the node's programs read at startup, and returns them by name. */
export function writeAgentConfigs(
    identity: LabIdentity,
    credentials: Credentials,
    snapshotter: Snapshotter,
    pauseImage: string,
): Record<"containerd" | "kubelet" | "kubeProxy", string> {
    const folder = join(identity.stateDir, "config");
    mkdirSync(join(folder, "cni"), { recursive: true, mode: 0o700 });
    const write = (name: string, content: string | object): string => {
        const path = join(folder, name);
        writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content, undefined, 2));
        return path;
    };
    write("cni/10-lab.conflist", cniConfig(identity.families));
    const { binDir: cniBinDir, confDir: cniConfDir } = cniFolders;
    const options = { snapshotter, pauseImage, cniBinDir, cniConfDir, root: "/var/lib/containerd" };
    return {
        containerd: write("containerd.toml", containerdConfig({ ...options, socket: containerdSocket })),
        kubelet: write("kubelet.json", kubeletConfig(identity, credentials)),
        kubeProxy: write("kube-proxy.json", kubeProxyConfig(identity, credentials)),
    };
}
