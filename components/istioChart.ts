import type * as k8s from "@pulumi/kubernetes";
import { DEFAULT_READY_SECONDS } from "./resources";
import * as versions from "./versions";

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

/** Inputs of the Helm Release of one of Istio's charts, without its name and values. */
export function istioChart(source: ChartSource, chart: string): k8s.helm.v3.ReleaseArgs {
    const { chartSource = versions.ISTIO_CHART_SOURCE, version = versions.ISTIO_VERSION } = source;
    const common = {
        namespace: source.namespace,
        timeout: source.readyTimeoutSeconds ?? DEFAULT_READY_SECONDS,
        atomic: source.helmAtomic ?? false,
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
