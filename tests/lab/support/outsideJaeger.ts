import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JaegerClient } from "../../../shared/jaeger/client";
import type { Cluster } from "../../../lab/cluster";
import { findHolder } from "../../../lab/cluster/holder";
import { createAuthority, createLeaf } from "../../../shared/certificates/x509";
import { cacheDirectory } from "../../../lab/images";
import { planArtifacts } from "../../../lab/images/artifacts";
import { eventually, kubectl } from "./sharedLab";

/** Name of the second Jaeger, which the cluster's DNS resolves to the node and the mesh does not know. */
export const OUTSIDE_NAME = "otel.outside.example.com";

/** What the receivers with a key ask for; the `%` would be a format operator to Envoy. */
export const KEY = { header: "Authorization", value: `Basic ${Buffer.from("mesh:pa%ss").toString("base64")}` };

/** Ports of the receivers by what they ask for. */
export const OUTSIDE_PORTS = {
    plain: { grpc: 14317, http: 14318, zipkin: 19411 },
    tls: { grpc: 24317, http: 24318 },
    tlsAndKey: { grpc: 25317, http: 25318 },
} as const;

/** Path at which the plain receiver takes OTLP over HTTP, in the place of the usual one. */
export const OUTSIDE_PATH = "/otlp/v1/traces";

const QUERY_PORT = 17686;

/** A second Jaeger, which runs as a plain process on the node's address, outside of the cluster. */
export interface OutsideJaeger {
    client: JaegerClient;
    /** IP address of the node. */
    address: string;
    /** Certificate of the authority that has signed its own, as PEM. */
    authorityPem: string;
    /** Leads the lab's Jaeger port on the host to it; an update of a stack with a Jaeger of its own leads it there. */
    lead: () => void;
    stop: () => void;
}

/** Starts it, and leads the lab's Jaeger port on the host to it. It ends by itself after 15 minutes at the latest. */
export async function startOutsideJaeger(lab: Cluster): Promise<OutsideJaeger> {
    const address = lab.identity.nodeAddress;
    const folder = mkdtempSync(join(tmpdir(), "outside-jaeger-"));
    const authority = createAuthority("outside");
    const leaf = createLeaf(authority, {
        subject: { commonName: "outside" },
        usage: "server",
        dnsNames: [OUTSIDE_NAME],
        addresses: [address],
    });
    const tls = { cert_file: join(folder, "certificate.pem"), key_file: join(folder, "key.pem") };
    writeFileSync(tls.cert_file, leaf.certificatePem);
    writeFileSync(tls.key_file, leaf.privateKeyPem, { mode: 0o600 });
    writeFileSync(join(folder, "config.json"), JSON.stringify(configOf(address, tls)));

    const program = planArtifacts(cacheDirectory()).go.find(({ part }) => part.name === "jaeger");
    const command = ["timeout", "900", join(program?.entry.folder ?? "", "jaeger")];
    const holder = String(findHolder(lab.identity.name)?.process.pid);
    const argv = ["--target", holder, "--net", "--", ...command, "--config", join(folder, "config.json")];
    const child: ChildProcess = spawn("nsenter", argv, { stdio: "ignore" });
    const lead = (): void => {
        writeFileSync(join(lab.identity.stateDir, "jaeger-target"), `${address}:${String(QUERY_PORT)}\n`);
    };
    lead();
    const client = new JaegerClient(lab.jaegerUrl);
    await eventually(20, () =>
        client.services().then(
            () => true as const,
            (error: unknown) => `the second Jaeger does not answer: ${String(error)}`,
        ),
    );
    const stop = (): void => {
        child.kill();
        rmSync(folder, { recursive: true, force: true });
    };
    return { client, address, authorityPem: authority.certificatePem, lead, stop };
}

/** Lets the cluster's DNS resolve the name, as it would a name of the Internet; answers what puts it back. */
export async function resolveOutsideName(lab: Cluster): Promise<() => Promise<void>> {
    const corefile = kubectl(
        lab,
        "get",
        "configmap",
        "coredns",
        "-n",
        "kube-system",
        "-o",
        "jsonpath={.data.Corefile}",
    );
    const zone = `${OUTSIDE_NAME}:53 {
    template IN A {
        answer "{{ .Name }} 5 IN A ${lab.identity.nodeAddress}"
    }
    template ANY ANY {
        rcode NOERROR
    }
}
`;
    await setCorefile(lab, zone + corefile);
    return () => setCorefile(lab, corefile);
}

async function setCorefile(lab: Cluster, corefile: string): Promise<void> {
    const data = JSON.stringify({ data: { Corefile: corefile } });
    kubectl(lab, "patch", "configmap", "coredns", "-n", "kube-system", "--type", "merge", "-p", data);
    kubectl(lab, "delete", "pods", "-n", "kube-system", "-l", "k8s-app=kube-dns", "--force", "--grace-period", "0");
    await eventually(30, () => {
        const ready = kubectl(
            lab,
            ...["get", "deployment", "coredns", "-n", "kube-system", "-o", "jsonpath={.status.readyReplicas}"],
        );
        return Promise.resolve(ready === "1" ? true : "CoreDNS is not ready");
    });
}

function configOf(address: string, tls: object): object {
    const at = (port: number): string => `${address}:${String(port)}`;
    const { plain, tls: withTls, tlsAndKey } = OUTSIDE_PORTS;
    const otlp = ({ grpc, http }: { grpc: number; http: number }, settings: object, httpOnly = {}): object => ({
        protocols: {
            grpc: { endpoint: at(grpc), ...settings },
            http: { endpoint: at(http), ...settings, ...httpOnly },
        },
    });
    return {
        service: {
            extensions: ["jaeger_storage", "jaeger_query", "basicauth/server"],
            pipelines: {
                traces: {
                    receivers: ["otlp", "otlp/tls", "otlp/key", "zipkin"],
                    exporters: ["jaeger_storage_exporter"],
                },
            },
            telemetry: { metrics: { level: "none" } },
        },
        extensions: {
            "basicauth/server": { htpasswd: { inline: "mesh:pa%ss" } },
            jaeger_query: {
                storage: { traces: "main" },
                http: { endpoint: at(QUERY_PORT) },
                grpc: { endpoint: at(QUERY_PORT - 1) },
            },
            jaeger_storage: { backends: { main: { memory: { max_traces: 10_000 } } } },
        },
        receivers: {
            otlp: otlp(plain, {}, { traces_url_path: OUTSIDE_PATH }),
            "otlp/tls": otlp(withTls, { tls }),
            "otlp/key": otlp(tlsAndKey, { tls, auth: { authenticator: "basicauth/server" } }),
            zipkin: { endpoint: at(plain.zipkin) },
        },
        exporters: { jaeger_storage_exporter: { trace_storage: "main" } },
    };
}
