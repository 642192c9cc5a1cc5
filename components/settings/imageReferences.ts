/** Longest reference that a registry takes, digest included, with room to spare. */
const MAX_LENGTH = 400;

const LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const HOST = `(?:${LABEL}\\.)*${LABEL}(?::(?<port>[1-9]\\d{0,4}))?`;
const FOLDER = "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*";
const TAG = ":[A-Za-z0-9_][A-Za-z0-9._-]{0,127}";
const DIGEST = "@sha256:[0-9a-f]{64}";

const hub = new RegExp(`^${HOST}(?:/${FOLDER})*$`);
const image = new RegExp(`^(?:${HOST}/)?${FOLDER}(?:/${FOLDER})*(?:${TAG}(?:${DIGEST})?|${DIGEST})$`);

/**
 * True for a registry with or without folders, such as `registry.example.com:5000/istio`.
 *
 * Source of the grammar: https://github.com/distribution/reference/blob/main/reference.go
 */
export function isHub(text: string): boolean {
    return fits(hub, text);
}

/** True for an image that has a tag or a digest, such as `docker.io/jaegertracing/jaeger:2.13.0`. */
export function isPinnedImage(text: string): boolean {
    return fits(image, text);
}

/** An image of docker.io as it is called in a mirror of that; others stay as they are. */
export function mirroredImage(image: string, registry: string): string {
    return registry === "" ? image : image.replace(/^docker\.io(?=\/)/, () => registry);
}

function fits(form: RegExp, text: string): boolean {
    const match = text.length <= MAX_LENGTH ? form.exec(text) : null;
    return match !== null && Number(match.groups?.["port"] ?? 1) <= 65535;
}
