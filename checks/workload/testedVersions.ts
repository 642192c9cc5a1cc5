import type { Finding } from "../finding";
import { imageTag } from "./images";

/** Reports an Istio outside the release line that the project's tests cover. */
export function checkIstioVersion(version: string, provenLine: string): Finding[] {
    if (version.startsWith(`${provenLine}.`)) return [];
    return [
        {
            id: "istio-version-proven",
            severity: "warning",
            resource: "istio.version",
            expected: `the ${provenLine} line, which this project's tests cover`,
            got: version,
            cure: "It may work. Look for a joined trace after the update.",
        },
    ];
}

/** Reports a Jaeger image whose tag is outside the release line that the project's tests cover. */
export function checkJaegerImage(image: string, provenLine: string): Finding[] {
    const tag = imageTag(image);
    if (tag === undefined || tag.startsWith(`${provenLine}.`)) return [];
    return [
        {
            id: "jaeger-version-proven",
            severity: "warning",
            resource: "images.jaeger",
            expected: `a tag of the ${provenLine} line, which this project's tests cover`,
            got: tag,
            cure: "It may work. Look for a joined trace after the update.",
        },
    ];
}
