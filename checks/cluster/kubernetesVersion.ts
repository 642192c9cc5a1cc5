import type { Finding } from "../finding";

/**
 * Minor versions of Kubernetes 1 that each line of Istio supports, lowest and highest.
 *
 * Source: https://istio.io/latest/docs/releases/supported-releases/ and the announcement of each line ("Istio 1.31.0 is
 * officially supported on Kubernetes versions 1.32 to 1.36").
 */
const SUPPORTED_MINORS: Record<string, readonly [number, number]> = {
    "1.28": [29, 34],
    "1.29": [31, 35],
    "1.30": [32, 36],
    "1.31": [32, 36],
};

/** A Kubernetes server outside the range that the Istio release supports. */
export function checkKubernetesVersion(serverVersion: string, istioVersion: string): Finding[] {
    const line = istioVersion.split(".").slice(0, 2).join(".");
    const range = SUPPORTED_MINORS[line];
    const minor = minorOf(serverVersion);
    if (range === undefined) {
        return [
            finding("info", serverVersion, `a version that Istio ${line} supports`, {
                cure: "Look it up: https://istio.io/latest/docs/releases/supported-releases/",
            }),
        ];
    }
    if (minor === undefined) {
        return [
            finding("warning", serverVersion, supportedRange(line) ?? "", {
                cure: "The server's version cannot be read; compare it yourself with what Istio supports.",
            }),
        ];
    }
    const [lowest, highest] = range;
    if (minor < lowest) {
        return [
            finding("error", serverVersion, supportedRange(line) ?? "", {
                cure: `Upgrade the cluster, or set istio.version to a line that supports Kubernetes 1.${String(minor)}${olderLine(minor)}.`,
            }),
        ];
    }
    if (minor <= highest) return [];
    return [
        finding("warning", serverVersion, supportedRange(line) ?? "", {
            cure: "Nobody has tested this pair: it may work. Look for a newer istio.version, or for a joined trace after the update.",
        }),
    ];
}

/** The range that a line of Istio supports, in words; undefined when the line is not known here. */
export function supportedRange(istioLine: string): string | undefined {
    const range = SUPPORTED_MINORS[istioLine];
    return range === undefined
        ? undefined
        : `Kubernetes 1.${String(range[0])} to 1.${String(range[1])}, which Istio ${istioLine} supports`;
}

function finding(severity: Finding["severity"], got: string, expected: string, { cure }: { cure: string }): Finding {
    return { id: "kubernetes-version-supported", severity, resource: "Kubernetes server", expected, got, cure };
}

/** `34` of `v1.34.4`, `v1.34.1-gke.1829001` or `v1.34.2+k3s1`. */
function minorOf(version: string): number | undefined {
    const match = /^v?1\.(\d+)/.exec(version);
    return match === null ? undefined : Number(match[1]);
}

function olderLine(minor: number): string {
    const lines = Object.entries(SUPPORTED_MINORS).filter(
        ([, [lowest, highest]]) => minor >= lowest && minor <= highest,
    );
    return lines.length === 0 ? "" : ` (${lines.map(([line]) => line).join(", ")})`;
}
