import { createHash } from "node:crypto";
import type { Layer } from "./layer";
import { type TarEntry, writeTar } from "./tar";

/** The configuration of an image's containers, as in a Dockerfile. */
export interface ImageConfig {
    user?: string;
    env?: Record<string, string>;
    entrypoint: string[];
    cmd?: string[];
    workingDir?: string;
    /** `5678/tcp`. */
    ports?: string[];
    volumes?: string[];
}

/** An image to write to an archive. */
export interface Image {
    name: string;
    config: ImageConfig;
    layers: Layer[];
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Writes a docker-archive for `ctr images import`. A layer that several images share is included once. Returns the
 * archive's SHA-256, in hex.
 */
export function writeArchive(file: string, images: Image[]): Promise<string> {
    const entries = new Map<string, TarEntry>();
    const add = (name: string, content: TarEntry["content"]): void =>
        void entries.set(name, { name, type: "file", mode: 0o644, content });
    const manifest = images.map((image) => {
        for (const layer of image.layers) add(layerName(layer), { path: layer.file });
        const config = JSON.stringify(configOf(image));
        const name = `${createHash("sha256").update(config).digest("hex")}.json`;
        add(name, config);
        return { Config: name, RepoTags: [image.name], Layers: image.layers.map(layerName) };
    });
    add("manifest.json", JSON.stringify(manifest));
    return writeTar(file, [...entries.values()]);
}

function layerName(layer: Layer): string {
    return `${layer.digest}.tar.zst`;
}

/** The image's configuration in the form of the OCI image specification. */
export function configOf(image: Image): object {
    const { user, env, entrypoint, cmd, workingDir, ports, volumes } = image.config;
    const set = (names: string[] | undefined): Record<string, object> | undefined =>
        names && Object.fromEntries(names.map((name) => [name, {}]));
    return {
        architecture: process.arch === "x64" ? "amd64" : process.arch,
        os: "linux",
        created: "1970-01-01T00:00:00Z",
        config: {
            User: user ?? "",
            Env: Object.entries({ PATH, ...env }).map(([name, value]) => `${name}=${value}`),
            Entrypoint: entrypoint,
            Cmd: cmd,
            WorkingDir: workingDir ?? "/",
            ExposedPorts: set(ports),
            Volumes: set(volumes),
            Labels: {
                "org.opencontainers.image.description": "Built by lab/images of istio-tracing; not the upstream image.",
            },
        },
        rootfs: { type: "layers", diff_ids: image.layers.map((layer) => `sha256:${layer.digest}`) },
        history: image.layers.map(() => ({ created: "1970-01-01T00:00:00Z", created_by: "lab/images" })),
    };
}
