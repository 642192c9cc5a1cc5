import { createHash } from "node:crypto";
import type { Layer } from "./layer";
import { TarWriter } from "./tar";

/** What a container of the image runs, as in a Dockerfile. */
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

/** An image to be written to an archive. */
export interface Image {
    name: string;
    config: ImageConfig;
    layers: Layer[];
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Writes a docker-archive that `ctr images import` reads; a layer that several images share stands in it once.
 * Returns the archive's SHA-256, in hex.
 */
export function writeArchive(file: string, images: Image[]): string {
    const writer = new TarWriter(file);
    const written = new Set<string>();
    const manifest = images.map((image) => {
        for (const layer of image.layers) {
            if (!written.has(layer.digest)) {
                written.add(layer.digest);
                writer.add({ name: layerName(layer), type: "file", mode: 0o644, content: { path: layer.file } });
            }
        }
        const config = JSON.stringify(configOf(image));
        const name = `${createHash("sha256").update(config).digest("hex")}.json`;
        writer.add({ name, type: "file", mode: 0o644, content: config });
        return { Config: name, RepoTags: [image.name], Layers: image.layers.map(layerName) };
    });
    writer.add({ name: "manifest.json", type: "file", mode: 0o644, content: JSON.stringify(manifest) });
    return writer.finish();
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
