import type * as k8s from "@pulumi/kubernetes";
import { chartInputs, type ChartAccess } from "./charts";

/** The source of one of Istio's charts, and how to install it. */
export interface ChartSource {
    /** Namespace of the release. */
    namespace: string;
    /**
     * Istio release, `MAJOR.MINOR.PATCH`.
     * @default the version pinned in versions.ts
     */
    version?: string;
    /**
     * Helm repository (`https://`), OCI registry (`oci://`) or folder that contains the charts.
     * @default https://blob.istio.io/istio-release/charts
     */
    chartSource?: string;
    /**
     * What the repository or the registry asks for.
     * @default nothing
     */
    chartAccess?: ChartAccess;
    /**
     * Time limit for the chart's workloads to become ready, in seconds, 10 to 3600.
     * @default 300
     */
    readyTimeoutSeconds?: number;
    /**
     * Roll back a failed install or upgrade instead of keeping it for inspection.
     * @default false
     */
    helmAtomic?: boolean;
}

/** A {@link ChartSource} with every field. */
export type CompleteChartSource = Required<ChartSource>;

/** Inputs of the Helm Release of one of Istio's charts, without its name and values. */
export function istioChart(source: CompleteChartSource, chart: string): k8s.helm.v3.ReleaseArgs {
    return {
        namespace: source.namespace,
        timeout: source.readyTimeoutSeconds,
        atomic: source.helmAtomic,
        // Keeps few revisions, because each is a Secret with the whole rendered chart.
        maxHistory: 5,
        ...chartInputs(source.chartSource, chart, source.version, source.chartAccess),
    };
}
