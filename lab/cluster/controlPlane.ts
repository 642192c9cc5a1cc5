import type { LabIdentity } from "../identity";
import { FAMILY_NETWORKS, ofFamilies } from "../ipFamilies";
import { FRONT_PROXY, type Credentials } from "./credentials";
import type { Program } from "./supervisor";

export function etcd(identity: LabIdentity): Program {
    const client = "http://127.0.0.1:2379";
    const peer = "http://127.0.0.1:2380";
    return {
        program: "etcd",
        needs: [],
        health: { url: `${client}/health` },
        args: [
            `--name=${identity.name}`,
            "--data-dir=/var/lib/etcd",
            `--listen-client-urls=${client}`,
            `--advertise-client-urls=${client}`,
            `--listen-peer-urls=${peer}`,
            `--initial-advertise-peer-urls=${peer}`,
            `--initial-cluster=${identity.name}=${peer}`,
            // A lab is recreated, not repaired, so it need not survive a power failure.
            "--unsafe-no-fsync",
            // A single member need not wait before it elects itself.
            "--heartbeat-interval=10",
            "--election-timeout=100",
            "--log-level=warn",
        ],
    };
}

export function apiServer(identity: LabIdentity, credentials: Credentials): Program {
    return {
        program: "kube-apiserver",
        needs: ["etcd"],
        health: { url: "https://127.0.0.1:6443/readyz", authority: credentials.authority },
        args: [
            "--etcd-servers=http://127.0.0.1:2379",
            `--advertise-address=${identity.nodeAddress}`,
            `--bind-address=${listenAddress(identity)}`,
            "--secure-port=6443",
            "--authorization-mode=Node,RBAC",
            "--allow-privileged=true",
            `--service-cluster-ip-range=${ofFamilies(identity.families, (of) => of.serviceSubnet)}`,
            `--client-ca-file=${credentials.authority}`,
            `--tls-cert-file=${credentials.apiServer.certificate}`,
            `--tls-private-key-file=${credentials.apiServer.key}`,
            `--kubelet-client-certificate=${credentials.apiServerToKubelet.certificate}`,
            `--kubelet-client-key=${credentials.apiServerToKubelet.key}`,
            // Otherwise, logs and exec would try to resolve the node's name.
            "--kubelet-preferred-address-types=InternalIP",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
            `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
            // For API servers behind this one, such as metrics-server.
            `--proxy-client-cert-file=${credentials.frontProxy.certificate}`,
            `--proxy-client-key-file=${credentials.frontProxy.key}`,
            `--requestheader-client-ca-file=${credentials.frontProxyAuthority}`,
            `--requestheader-allowed-names=${FRONT_PROXY}`,
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            // The validation of Istio's CRDs takes seconds, and on a busy machine more than the default minute.
            "--request-timeout=10m",
            "--profiling=false",
        ],
    };
}

export function controllerManager({ families }: LabIdentity, credentials: Credentials): Program {
    return {
        program: "kube-controller-manager",
        needs: ["kube-apiserver"],
        args: [
            `--kubeconfig=${credentials.kubeconfigs.controllerManager}`,
            "--leader-elect=false",
            "--allocate-node-cidrs=true",
            `--cluster-cidr=${ofFamilies(families, (of) => of.podSubnet)}`,
            `--service-cluster-ip-range=${ofFamilies(families, (of) => of.serviceSubnet)}`,
            `--root-ca-file=${credentials.authority}`,
            `--service-account-private-key-file=${credentials.serviceAccountKey}`,
            `--cluster-signing-cert-file=${credentials.authority}`,
            `--cluster-signing-key-file=${credentials.authorityKey}`,
            "--flex-volume-plugin-dir=/var/lib/kubelet/volume-plugins",
            // Its metrics are not used, and its own certificate would take time.
            "--secure-port=0",
            "--profiling=false",
        ],
    };
}

export function scheduler(credentials: Credentials): Program {
    return {
        program: "kube-scheduler",
        needs: ["kube-apiserver"],
        args: [
            `--kubeconfig=${credentials.kubeconfigs.scheduler}`,
            "--leader-elect=false",
            "--secure-port=0",
            "--profiling=false",
        ],
    };
}

/** All addresses of the node. One of IPv6 listens for IPv4 as well, but not the other way round. */
export function listenAddress({ families }: LabIdentity): string {
    return families.includes("ipv6") ? FAMILY_NETWORKS.ipv6.unspecified : FAMILY_NETWORKS.ipv4.unspecified;
}
