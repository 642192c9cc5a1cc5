import type { Finding } from "./finding";
import { at, isPlainObject, mapAt, textAt } from "../shared/values/plainObjects";
import { isKind, refOf, resourceName, type Manifest, type ObjectRef } from "../shared/kubernetes/manifest";

/** A Helm chart that an object installs. */
export interface ChartObject {
    /** `Kind namespace/name` of the object that installs it. */
    resource: string;
    /** The same object, as data. */
    object: ObjectRef;
    /** Namespace of the release. */
    namespace: string;
    /** Name, folder or address of the chart. */
    chart: string;
    version: string | undefined;
    values: Manifest;
}

/**
 * The chart of an object that installs one: a Pulumi Release as its inputs below `spec`, a HelmRelease of Flux, an
 * Application of Argo CD; undefined for every other object.
 */
export function chartOf(manifest: Manifest): ChartObject | undefined {
    const source = sourceOf(manifest);
    if (source === undefined) return undefined;
    const own = textAt(manifest, "metadata", "namespace") ?? "default";
    return { ...source, resource: resourceName(manifest), object: refOf(manifest), namespace: source.namespace ?? own };
}

type ChartSource = Omit<ChartObject, "resource" | "object" | "namespace"> & { namespace: string | undefined };

function sourceOf(manifest: Manifest): ChartSource | undefined {
    const spec = mapAt(manifest, "spec");
    if (isKind(manifest, "Release", "helm.sh")) {
        const version = textAt(spec, "version");
        return { namespace: undefined, chart: textAt(spec, "chart") ?? "", version, values: mapAt(spec, "values") };
    }
    if (isKind(manifest, "HelmRelease", "helm.toolkit.fluxcd.io")) {
        const chart = textAt(spec, "chart", "spec", "chart");
        const version = textAt(spec, "chart", "spec", "version");
        // With chartRef the version stands in another object.
        if (chart === undefined) return undefined;
        return { namespace: textAt(spec, "targetNamespace"), chart, version, values: mapAt(spec, "values") };
    }
    const chart = textAt(spec, "source", "chart");
    if (!isKind(manifest, "Application", "argoproj.io") || chart === undefined) return undefined;
    return {
        ...{ namespace: textAt(spec, "destination", "namespace"), chart },
        ...{ version: textAt(spec, "source", "targetRevision"), values: mapAt(spec, "source", "helm", "valuesObject") },
    };
}

/** True for Istio's chart of that name, from a repository, a registry or a folder. */
export function isChart({ chart }: ChartObject, name: string): boolean {
    return chart.split("/").pop() === name;
}

/** A chart whose version is left open: the same stack would install something else tomorrow. */
export function checkChartPinned(manifest: Manifest): Finding[] {
    const found = chartOf(manifest);
    if (found === undefined) return [];
    const { resource, chart, version } = found;
    // A folder holds one version, and says which.
    if (/^[./~]/.test(chart) && version === undefined) return [];
    const newest = at(manifest, "spec", "devel") === true;
    if (version !== undefined && /^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/.test(version) && !newest) return [];
    return [
        {
            id: "chart-pinned",
            severity: "error",
            resource,
            expected: `one version of the chart ${chart}, as MAJOR.MINOR.PATCH`,
            got: newest ? "devel: true, the newest there is" : version === undefined ? "none" : `"${version}"`,
            cure: "Name one version, and move to the next in a change of its own.",
        },
    ];
}

/** Every map inside of chart values with its path, the values themselves first. */
export function* walkValues(values: Manifest, path: string[] = []): Generator<{ path: string[]; map: Manifest }> {
    yield { path, map: values };
    for (const [key, value] of Object.entries(values))
        if (isPlainObject(value)) yield* walkValues(value, [...path, key]);
}
