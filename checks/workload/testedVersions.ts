import type { Finding } from "../finding";
import { imageTag } from "./images";

/** Istio outside the release line that the project's tests prove on real parts. */
export function checkIstioVersion(version: string, provenLine: string): Finding[] {
    if (version.startsWith(`${provenLine}.`)) return [];
    return [
        {
            id: "istio-version-proven",
            severity: "warning",
            resource: "istio.version",
            expected: `the ${provenLine} line, which this project's tests prove`,
            got: version,
            cure: "It may well work; look for a joined trace after the update.",
        },
    ];
}

/** Jaeger outside the release line that the project's tests prove, as far as the image's tag tells. */
export function checkJaegerImage(image: string, provenLine: string): Finding[] {
    const tag = imageTag(image);
    if (tag === undefined || tag.startsWith(`${provenLine}.`)) return [];
    return [
        {
            id: "jaeger-version-proven",
            severity: "warning",
            resource: "images.jaeger",
            expected: `a tag of the ${provenLine} line, which this project's tests prove`,
            got: tag,
            cure: "It may well work; look for a joined trace after the update.",
        },
    ];
}
