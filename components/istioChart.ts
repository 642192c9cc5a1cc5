import type * as k8s from "@pulumi/kubernetes";

/** Where a chart of Istio's comes from, and how it is installed. */
export interface ChartSource {
    /** Namespace of the release. */
    namespace: string;
    /**
     * Istio release, `MAJOR.MINOR.PATCH`.
     * @default the version pinned in versions.ts
     */
    version?: string;
    /**
     * Helm repository (`https://`), OCI registry (`oci://`) or folder that holds the charts.
     * @default https://blob.istio.io/istio-release/charts
     */
    chartSource?: string;
    /**
     * Seconds that the chart's workloads may take to become ready, 10 to 3600.
     * @default 300
     */
    readyTimeoutSeconds?: number;
    /**
     * Roll a failed install or upgrade back instead of leaving it to be looked at.
     * @default false
     */
    helmAtomic?: boolean;
}

/** A {@link ChartSource} of which nothing is left out. */
export type CompleteChartSource = Required<ChartSource>;

/** Inputs of the Helm Release of one of Istio's charts, without its name and values. */
export function istioChart(source: CompleteChartSource, chart: string): k8s.helm.v3.ReleaseArgs {
    const { chartSource, version } = source;
    const common = {
        namespace: source.namespace,
        timeout: source.readyTimeoutSeconds,
        atomic: source.helmAtomic,
        // Fewer revisions to keep: each is a Secret of the whole rendered chart.
        maxHistory: 5,
    };
    if (chartSource.startsWith("oci://")) return { ...common, chart: `${trimSlash(chartSource)}/${chart}`, version };
    if (/^https?:\/\//.test(chartSource)) return { ...common, chart, version, repositoryOpts: { repo: chartSource } };
    return { ...common, chart: `${trimSlash(chartSource)}/${chart}` };
}

function trimSlash(text: string): string {
    return text.replace(/\/+$/, "");
}
