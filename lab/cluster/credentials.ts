import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LabIdentity } from "../identity";
import { hostAndPort, networksOf } from "../ipFamilies";
import { type Authority, type Certificate, createAuthority, createLeaf } from "../../shared/certificates/x509";

/** Files with which the parts of the cluster authenticate each other. Only root can read them. */
export interface Credentials {
    authority: string;
    authorityKey: string;
    apiServer: CertificateFiles;
    /** The API server's client certificate for logs and exec at the kubelet. */
    apiServerToKubelet: CertificateFiles;
    kubelet: CertificateFiles;
    /** With which the API server calls API servers behind it, such as metrics-server, and whom these then trust. */
    frontProxy: CertificateFiles;
    frontProxyAuthority: string;
    serviceAccountKey: string;
    serviceAccountPublicKey: string;
    kubeconfigs: Record<"controllerManager" | "scheduler" | "kubelet" | "kubeProxy", string>;
    /** For commands inside the lab's network. */
    insideKubeconfig: string;
    /** For the host, through its loopback. */
    kubeconfig: string;
}

/** The name in the API server's certificate for API servers behind it. */
export const FRONT_PROXY = "front-proxy-client";

export interface CertificateFiles {
    certificate: string;
    key: string;
}

export interface KubeconfigOptions {
    name: string;
    server: string;
    authority: Certificate;
    client: Certificate;
}

/** Address of the API server inside the lab. */
export function insideApiUrl(identity: LabIdentity): string {
    return `https://${hostAndPort(identity.nodeAddress, 6443)}`;
}

/** Address of the API server on the host's loopback. */
export function hostApiUrl(identity: LabIdentity): string {
    return `https://127.0.0.1:${identity.apiPort}`;
}

/** Creates a new authority and every certificate, key and kubeconfig of the cluster. */
export function createCredentials(identity: LabIdentity): Credentials {
    const folder = join(identity.stateDir, "pki");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const authority = createAuthority(`${identity.name}-ca`);
    const write = (name: string, text: string): string => {
        const path = join(folder, name);
        writeFileSync(path, text, { mode: 0o600 });
        return path;
    };
    const writePair = (name: string, { certificatePem, privateKeyPem }: Certificate): CertificateFiles => ({
        certificate: write(`${name}.crt`, certificatePem),
        key: write(`${name}.key`, privateKeyPem),
    });
    const client = (commonName: string, organization?: string): Certificate =>
        createLeaf(authority, { subject: { commonName, organization }, usage: "client" });
    const config = (file: string, server: string, as: Certificate): string =>
        write(`${file}.kubeconfig`, kubeconfigText({ name: identity.name, server, authority, client: as }));

    const inside = insideApiUrl(identity);
    const admin = client("istio-tracing-lab-admin", "system:masters");
    const kubeconfig = join(identity.stateDir, "kubeconfig");
    const hostConfig = kubeconfigText({ name: identity.name, server: hostApiUrl(identity), authority, client: admin });
    writeFileSync(kubeconfig, hostConfig, { mode: 0o600 });
    // An authority of its own: who has a certificate of it may say who a caller is.
    const frontAuthority = createAuthority(`${identity.name}-front-proxy-ca`);
    const frontProxy = createLeaf(frontAuthority, { subject: { commonName: FRONT_PROXY }, usage: "client" });
    const serviceAccount = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return {
        authority: write("ca.crt", authority.certificatePem),
        authorityKey: write("ca.key", authority.privateKeyPem),
        apiServer: writePair("apiserver", apiServerCertificate(identity, authority)),
        apiServerToKubelet: writePair("apiserver-kubelet", client("kube-apiserver-kubelet", "system:masters")),
        kubelet: writePair("kubelet", kubeletCertificate(identity, authority)),
        frontProxy: writePair("front-proxy", frontProxy),
        frontProxyAuthority: write("front-proxy-ca.crt", frontAuthority.certificatePem),
        serviceAccountKey: write(
            "sa.key",
            serviceAccount.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
        ),
        serviceAccountPublicKey: write(
            "sa.pub",
            serviceAccount.publicKey.export({ type: "spki", format: "pem" }).toString(),
        ),
        kubeconfigs: {
            // Otherwise, each of its loops would need its own account, which costs a second at startup.
            controllerManager: config(
                "controller-manager",
                inside,
                client("system:kube-controller-manager", "system:masters"),
            ),
            scheduler: config("scheduler", inside, client("system:kube-scheduler")),
            kubelet: config("kubelet", inside, client(`system:node:${identity.name}`, "system:nodes")),
            kubeProxy: config("kube-proxy", inside, client("system:kube-proxy")),
        },
        insideKubeconfig: config("admin-inside", inside, admin),
        kubeconfig,
    };
}

function apiServerCertificate(identity: LabIdentity, authority: Authority): Certificate {
    const service = "kubernetes.default.svc";
    const services = networksOf(identity.families).map(({ apiServiceAddress }) => apiServiceAddress);
    return createLeaf(authority, {
        subject: { commonName: "kube-apiserver" },
        usage: "server",
        dnsNames: ["kubernetes", "kubernetes.default", service, `${service}.cluster.local`, "localhost", identity.name],
        addresses: [...identity.nodeAddresses, "127.0.0.1", ...services],
    });
}

function kubeletCertificate(identity: LabIdentity, authority: Authority): Certificate {
    return createLeaf(authority, {
        subject: { commonName: `system:node:${identity.name}`, organization: "system:nodes" },
        usage: "server",
        dnsNames: [identity.name],
        addresses: identity.nodeAddresses,
    });
}

/** A kubeconfig with one context, which has the lab's name, and embedded credentials. */
export function kubeconfigText({ name, server, authority, client }: KubeconfigOptions): string {
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    return `apiVersion: v1
kind: Config
current-context: ${name}
clusters:
  - name: ${name}
    cluster:
      server: ${server}
      certificate-authority-data: ${base64(authority.certificatePem)}
users:
  - name: ${name}
    user:
      client-certificate-data: ${base64(client.certificatePem)}
      client-key-data: ${base64(client.privateKeyPem)}
contexts:
  - name: ${name}
    context:
      cluster: ${name}
      user: ${name}
`;
}
