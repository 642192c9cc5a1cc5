import * as path from "node:path";
import { type Image, writeArchive } from "./archive";
import { baseEntries, staticEntries } from "./baseLayer";
import { directory, type Layer, link, program, textFile, writeLayer } from "./layer";
import { IMAGE_NAMES, type ImageRole } from "./names";
import type { TarEntry } from "./tar";

/** Files for the images. */
export interface ImageInputs {
    /** Unpacked Debian packages of the base. */
    debianBase: string;
    labnode: string;
    httpEcho: string;
    pilotDiscovery: string;
    pilotAgent: string;
    envoy: string;
    envoyVersion: string;
    envoyBootstrap: string;
    jaeger: string;
    jaegerSampling: string;
    coredns: string;
}

/** An archive of the set before it is moved to its final folder. */
export interface WrittenArchive {
    file: string;
    names: string[];
    digest: string;
}

const BOOTSTRAP = "var/lib/istio/envoy/envoy_bootstrap_tmpl.json";

/** CAP_NET_BIND_SERVICE, effective, as `setcap cap_net_bind_service=+ep` writes it. */
const MAY_BIND_PORT_53 = Buffer.from("0100000200040000000000000000000000000000", "hex");

/** Runs its arguments, or curl with them, like the upstream image. */
const CURL_ENTRYPOINT = `#!/bin/sh
case "$1" in
-*) exec curl "$@" ;;
esac
command -v "$1" >/dev/null 2>&1 || exec curl "$@"
exec "$@"
`;

/**
 * Writes all images into archives in the order of import: first those that a node needs to become ready. Entrypoints,
 * users, ports and paths are those of the upstream images.
 */
export async function writeImages(
    folder: string,
    layersFolder: string,
    inputs: ImageInputs,
): Promise<WrittenArchive[]> {
    const layer = (name: string, entries: TarEntry[]): Promise<Layer> =>
        writeLayer(path.join(layersFolder, `${name}.tar`), entries);
    const small = await layer("static", staticEntries(inputs.debianBase));
    const base = await layer("base", baseEntries(inputs.debianBase));
    const bootstrap: TarEntry = {
        name: BOOTSTRAP,
        type: "file",
        mode: 0o644,
        content: { path: inputs.envoyBootstrap },
    };

    const images: Record<ImageRole, Omit<Image, "name">> = {
        pause: {
            config: { user: "65535:65535", entrypoint: ["/pause"] },
            layers: [await layer("pause", [program("pause", inputs.labnode)])],
        },
        coredns: {
            config: { user: "65532:65532", entrypoint: ["/coredns"], ports: ["53/tcp", "53/udp"] },
            layers: [
                small,
                await layer("coredns", [
                    program("coredns", inputs.coredns, { attributes: { "security.capability": MAY_BIND_PORT_53 } }),
                ]),
            ],
        },
        pilot: {
            config: { user: "1337:1337", entrypoint: ["/usr/local/bin/pilot-discovery"] },
            layers: [base, await layer("pilot", [program("usr/local/bin/pilot-discovery", inputs.pilotDiscovery)])],
        },
        proxyv2: {
            config: {
                env: { ISTIO_META_ISTIO_PROXY_SHA: `envoy:${inputs.envoyVersion}` },
                entrypoint: ["/usr/local/bin/pilot-agent"],
            },
            layers: [
                base,
                await layer("proxyv2", [
                    bootstrap,
                    program("usr/local/bin/envoy", inputs.envoy),
                    program("usr/local/bin/pilot-agent", inputs.pilotAgent),
                ]),
            ],
        },
        curl: {
            config: {
                user: "curl_user",
                env: { CURL_CA_BUNDLE: "/cacert.pem" },
                entrypoint: ["/entrypoint.sh"],
                cmd: ["curl"],
                workingDir: "/home/curl_user",
            },
            layers: [
                base,
                await layer("curl", [
                    link("cacert.pem", "/etc/ssl/certs/ca-certificates.crt"),
                    textFile("entrypoint.sh", CURL_ENTRYPOINT, { mode: 0o755, uid: 100, gid: 101 }),
                    directory("home/curl_user", { uid: 100, gid: 101 }),
                ]),
            ],
        },
        httpEcho: {
            config: {
                user: "65532",
                env: { ECHO_TEXT: "hello-world" },
                entrypoint: ["/http-echo"],
                workingDir: "/home/nonroot",
                ports: ["5678/tcp"],
            },
            layers: [
                small,
                await layer("http-echo", [
                    directory("home/nonroot", { uid: 65532, gid: 65532 }),
                    program("http-echo", inputs.httpEcho),
                ]),
            ],
        },
        jaeger: {
            config: {
                user: "10001",
                env: { JAEGER_LISTEN_HOST: "0.0.0.0" },
                entrypoint: ["/cmd/jaeger/jaeger-linux"],
                ports: [4317, 4318, 5778, 5779, 9411, 13132, 13133, 14250, 14268, 16686].map((port) => `${port}/tcp`),
                volumes: ["/tmp"],
            },
            layers: [
                small,
                await layer("jaeger", [
                    program("cmd/jaeger/jaeger-linux", inputs.jaeger),
                    program("cmd/jaeger/sampling-strategies.json", inputs.jaegerSampling, { mode: 0o644 }),
                ]),
            ],
        },
    };

    const groups: Record<string, ImageRole[]> = {
        node: ["pause", "coredns"],
        mesh: ["pilot", "proxyv2", "curl", "httpEcho"],
        jaeger: ["jaeger"],
    };
    const archives: WrittenArchive[] = [];
    for (const [group, roles] of Object.entries(groups)) {
        const file = path.join(folder, `${group}.tar`);
        const members = roles.map((role) => ({ name: IMAGE_NAMES[role], ...images[role] }));
        archives.push({ file, names: members.map(({ name }) => name), digest: await writeArchive(file, members) });
    }
    return archives;
}
