import type { Finding } from "../finding";

/**
 * Lowest and highest minor version of Kubernetes 1 that each release line of Istio supports.
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

/** Reports a Kubernetes server outside the range that the Istio release supports. */
export function checkKubernetesVersion(serverVersion: string, istioVersion: string): Finding[] {
    const line = istioVersion.split(".").slice(0, 2).join(".");
    const range = SUPPORTED_MINORS[line];
    const minor = minorOf(serverVersion);
    if (range === undefined) {
        return [
            finding("info", serverVersion, `a version that Istio ${line} supports`, {
                cure: "Check the supported versions: https://istio.io/latest/docs/releases/supported-releases/",
            }),
        ];
    }
    if (minor === undefined) {
        return [
            finding("warning", serverVersion, supportedRange(line) ?? "", {
                cure: "The program cannot parse the server's version. Compare it with the versions that Istio supports.",
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
            cure: "Istio has not tested this combination, but it may work. Use a newer istio.version if there is one, or look for a joined trace after the update.",
        }),
    ];
}

/** The first minor version whose API server takes `preStop.sleep` without a feature gate. */
const SLEEP_ACTION_MINOR = 30;

/**
 * Reports a Kubernetes server that refuses pods which sleep before they end.
 *
 * Source: https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/ (PodLifecycleSleepAction)
 *
 * @param pods what has such pods, for people.
 */
export function checkSleepAction(serverVersion: string, pods: string[]): Finding[] {
    const minor = minorOf(serverVersion);
    if (pods.length === 0 || minor === undefined || minor >= SLEEP_ACTION_MINOR) return [];
    return [
        {
            ...{ id: "pre-stop-sleep", severity: "error", resource: "Kubernetes server", got: serverVersion },
            expected: `Kubernetes 1.${String(SLEEP_ACTION_MINOR)} or newer: pods of ${pods.join(", ")} have lifecycle.preStop.sleep, so that no request is lost when they end`,
            cure: `Upgrade the cluster, or turn off the features that use them: ${pods.join(", ")}.`,
        },
    ];
}

/** The range that a release line of Istio supports, for people; undefined if the line is not in the table. */
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
