import { isKind, refOf, resourceName, type Manifest, type ObjectRef } from "../../shared/kubernetes/manifest";
import { at, isPlainObject, itemsAt, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";

/** A Helm chart that an object installs. */
export interface ChartObject {
    /** `Kind namespace/name` of the object that installs it. */
    resource: string;
    /** The same object as data. */
    object: ObjectRef;
    /** Namespace of the release. */
    namespace: string;
    /** Name, folder or address of the chart. */
    chart: string;
    version: string | undefined;
    values: Manifest;
    /** Values, or the version, in places that cannot be read here. */
    unresolved: UnresolvedPart[];
}

/** A part of an object that is stored elsewhere. */
export interface UnresolvedPart {
    /** The field that refers to it, from the object's root. */
    field: string;
    /** Where it is stored: the name of a file or an object. */
    where: string;
    /** True if it is here but is not valid YAML. */
    unreadable?: boolean;
    /** `version` if the chart's version is stored there; otherwise values. */
    part: "values" | "version";
}

type ChartSource = Omit<ChartObject, "resource" | "object" | "namespace"> & { namespace: string | undefined };

/**
 * The charts that an object installs: a Pulumi Release with its inputs below `spec`, a HelmRelease of Flux, an
 * Application of Argo CD, or a HelmChart of k3s. Call `inlineValues` first, which replaces text and references with
 * values. References that remain are not resolved.
 */
export function chartsOf(manifest: Manifest): ChartObject[] {
    const own = textAt(manifest, "metadata", "namespace") ?? "default";
    return sourcesOf(manifest).map(({ namespace, ...source }) => ({
        ...source,
        ...{ resource: resourceName(manifest), object: refOf(manifest), namespace: namespace ?? own },
    }));
}

function sourcesOf(manifest: Manifest): ChartSource[] {
    const spec = mapAt(manifest, "spec");
    if (isKind(manifest, "Release", "helm.sh")) return [pulumiSource(spec)];
    if (isKind(manifest, "HelmRelease", "helm.toolkit.fluxcd.io")) return fluxSource(spec);
    if (isKind(manifest, "HelmChart", "helm.cattle.io")) return k3sSource(spec);
    return argoSources(manifest);
}

function pulumiSource(spec: Manifest): ChartSource {
    return {
        ...{ namespace: undefined, chart: textAt(spec, "chart") ?? "", version: textAt(spec, "version") },
        values: mapAt(spec, "values"),
        unresolved: itemsAt(spec, "valueYamlFiles").map(() => unresolvedValues("valueYamlFiles", "a file")),
    };
}

function fluxSource(spec: Manifest): ChartSource[] {
    const ref = mapAt(spec, "chartRef");
    const referred = textAt(ref, "name");
    const chart = textAt(spec, "chart", "spec", "chart") ?? referred;
    if (chart === undefined) return [];
    const from = itemsAt(spec, "valuesFrom").map((one, index) => ({
        ...unresolvedValues(
            `spec.valuesFrom[${String(index)}]`,
            `${String(at(one, "kind"))} ${String(at(one, "name"))}`,
        ),
        ...(at(one, "text") !== undefined && { unreadable: true }),
    }));
    const files = itemsAt(spec, "chart", "spec", "valuesFiles").map((file) =>
        unresolvedValues("spec.chart.spec.valuesFiles", String(file)),
    );
    const hidden: UnresolvedPart[] =
        referred === undefined
            ? []
            : [{ field: "spec.chartRef", where: `${String(ref["kind"])} ${referred}`, part: "version" }];
    return [
        {
            ...{ namespace: textAt(spec, "targetNamespace"), chart, version: textAt(spec, "chart", "spec", "version") },
            ...{
                values: mapAt(spec, "values"),
                unresolved: [...hidden, ...from, ...files, ...inFolder(chart, "spec.chart.spec.chart")],
            },
        },
    ];
}

function k3sSource(spec: Manifest): ChartSource[] {
    const chart = textAt(spec, "chart");
    if (chart === undefined) return [];
    const secrets = itemsAt(spec, "valuesSecrets").map((one, index) =>
        unresolvedValues(`spec.valuesSecrets[${String(index)}]`, `Secret ${String(at(one, "name"))}`),
    );
    return [
        {
            ...{ namespace: textAt(spec, "targetNamespace"), chart, version: textAt(spec, "version") },
            ...{ values: mapAt(spec, "values"), unresolved: [...textLeft(spec, "spec", "valuesContent"), ...secrets] },
        },
    ];
}

/** Where an Application, or the template of an ApplicationSet, names what it installs. */
export function argoSpecPath(manifest: Manifest): string[] | undefined {
    if (isKind(manifest, "Application", "argoproj.io")) return ["spec"];
    return isKind(manifest, "ApplicationSet", "argoproj.io") ? ["spec", "template", "spec"] : undefined;
}

function argoSources(manifest: Manifest): ChartSource[] {
    const path = argoSpecPath(manifest);
    if (path === undefined) return [];
    const spec = mapAt(manifest, ...path);
    const several = listAt(spec, "sources").map((source, index) => ({ source, key: `sources[${String(index)}]` }));
    const sources = several.length > 0 ? several : [{ source: mapAt(spec, "source"), key: "source" }];
    return sources.flatMap(({ source, key }) => {
        const folder = textAt(source, "path");
        const chart = textAt(source, "chart") ?? (isPlainObject(source["helm"]) ? folder : undefined);
        if (chart === undefined) return [];
        const helm = mapAt(source, "helm");
        const field = [...path, key, "helm"].join(".");
        // A folder of a repository contains one version and names it.
        const version = textAt(source, "chart") === undefined ? undefined : textAt(source, "targetRevision");
        return [
            {
                ...{ namespace: textAt(spec, "destination", "namespace"), version },
                ...{ chart: textAt(source, "chart") ?? `./${chart}`, values: mapAt(helm, "valuesObject") },
                unresolved: [
                    ...itemsAt(helm, "valueFiles").map((file) => unresolvedValues(`${field}.valueFiles`, String(file))),
                    ...itemsAt(helm, "fileParameters").map((one) =>
                        unresolvedValues(`${field}.fileParameters`, String(at(one, "path"))),
                    ),
                    ...textLeft(helm, field, "values"),
                    ...(textAt(source, "chart") === undefined
                        ? inFolder(`./${chart}`, [...path, key, "path"].join("."))
                        : []),
                ],
            },
        ];
    });
}

/** Text that is not valid YAML stays as it is. */
function textLeft(holder: Manifest, path: string, key: string): UnresolvedPart[] {
    if (holder[key] === undefined) return [];
    return [{ ...unresolvedValues(`${path}.${key}`, "text that is not valid YAML"), unreadable: true }];
}

/** A folder of a repository has its own values, and can be an umbrella chart. */
function inFolder(chart: string, field: string): UnresolvedPart[] {
    return /^[./]/.test(chart) ? [unresolvedValues(field, `the folder ${chart}`)] : [];
}

function unresolvedValues(field: string, where: string): UnresolvedPart {
    return { field, where, part: "values" };
}

/** True for Istio's chart of that name, from a repository, a registry or a folder. */
export function isChart({ chart }: Pick<ChartObject, "chart">, name: string): boolean {
    return chart.split("/").pop()?.replace(ARCHIVE, "") === name;
}

/** The version that follows a chart's name in the address of an archive. */
const ARCHIVE = /-v?\d+\.\d+\.\d+[^/]*\.tgz$/;

/** True for the chart of istiod, whose folder in Istio's repository has a different name. */
export function isIstiodChart(chart: Pick<ChartObject, "chart">): boolean {
    return isChart(chart, "istiod") || isChart(chart, "istio-discovery");
}

/** Reports a chart without a fixed version. The same stack may install something else tomorrow. */
export function checkChartPinned(manifest: Manifest): Finding[] {
    return chartsOf(manifest).flatMap((chart) => checkPinned(chart, at(manifest, "spec", "devel") === true));
}

function checkPinned({ resource, chart, version, unresolved }: ChartObject, newest: boolean): Finding[] {
    // A folder contains one version and names it.
    if (/^[./~]/.test(chart) && version === undefined) return [];
    if (ARCHIVE.test(chart)) return [];
    if (unresolved.some(({ part }) => part === "version")) return [];
    if (version !== undefined && /^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/.test(version) && !newest) return [];
    return [
        {
            id: "chart-pinned",
            severity: "error",
            resource,
            expected: `one version of the chart ${chart}, as MAJOR.MINOR.PATCH`,
            got: newest ? "devel: true, the newest version" : version === undefined ? "none" : `"${version}"`,
            cure: "Set one version, and upgrade it in a separate change.",
        },
    ];
}

/** Every map inside chart values with its path, the values themselves first. */
export function* walkValues(values: Manifest, path: string[] = []): Generator<{ path: string[]; map: Manifest }> {
    yield { path, map: values };
    for (const [key, value] of Object.entries(values))
        if (isPlainObject(value)) yield* walkValues(value, [...path, key]);
}
