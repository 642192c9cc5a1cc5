import { isKind, nameOf, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, isPlainObject, itemsAt, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding, type Subject } from "../finding";
import { chartsOf, isChart } from "../manifest/charts";
import { containersOf, podTemplateOf, type PodTemplate } from "../workload/podTemplates";
import { jaegerConfigsOf } from "./configuration";

/** Traces that are gone with Jaeger's pod: in memory, or in files of the pod's own. */
export function checkDurableStorage(objects: Manifest[], parseYaml: ParseYaml): Finding[] {
    return objects.flatMap((object) => [
        ...jaegerConfigsOf(object, parseYaml).flatMap(({ config, ...source }) =>
            Object.entries(mapAt(config, "extensions", "jaeger_storage", "backends")).flatMap(([name, backend]) =>
                lostBy(backend, object, objects).map((how) => finding(source, `the backend ${name}: ${how}`)),
            ),
        ),
        ...checkVersion1(object),
        ...checkWithoutConfig(object),
        ...checkOperator(object),
        ...checkChart(object),
    ]);
}

/** The same of settings: traces of more than a demo in memory. */
export function checkTracesWorthKeeping(type: string, ownWorkloads: boolean): Finding[] {
    if (type !== "memory" || !ownWorkloads) return [];
    return [{ ...finding({ resource: "jaeger.storage" }, type), severity: "warning" }];
}

/** How a backend loses its traces; none when it keeps them. */
function lostBy(backend: unknown, holder: Manifest, objects: Manifest[]): string[] {
    if (at(backend, "memory") !== undefined) return ["memory"];
    const badger = at(backend, "badger");
    if (!isPlainObject(badger)) return [];
    if (badger["ephemeral"] === true) return ["badger with ephemeral: true"];
    const folders = ["keys", "values"].map((part) => textAt(badger, "directories", part) ?? "");
    const pods = objects
        .map(podTemplateOf)
        .filter((template) => template !== undefined)
        .filter((template) => reads(template, holder));
    const passing = pods.flatMap((template) => folders.flatMap((folder) => passingVolume(template, folder)));
    return [...new Set(passing)].map((volume) => `badger in ${volume}`);
}

/** True for pods that have a ConfigMap as a volume. */
function reads({ namespace, spec }: PodTemplate, configMap: Manifest): boolean {
    return (
        (namespace ?? "default") === namespaceOf(configMap) &&
        listAt(spec, "volumes").some((volume) => textAt(volume, "configMap", "name") === nameOf(configMap))
    );
}

/** The volume of a folder when it goes with the pod. */
function passingVolume(template: PodTemplate, folder: string): string[] {
    const mounts = containersOf(template)
        .flatMap(({ container }) => listAt(container, "volumeMounts"))
        .map((mount) => ({ path: textAt(mount, "mountPath") ?? "", volume: textAt(mount, "name") ?? "" }))
        .filter(({ path }) => `${folder}/`.startsWith(`${path.replace(/\/$/, "")}/`));
    const [mount] = mounts.sort((left, right) => right.path.length - left.path.length);
    if (mount === undefined) return [`${folder} of the container itself, in ${template.resource}`];
    const volume = listAt(template.spec, "volumes").find(({ name }) => name === mount.volume);
    return at(volume, "emptyDir") === undefined ? [] : [`the emptyDir ${mount.volume} of ${template.resource}`];
}

/** Jaeger v1 is told by its environment, and keeps traces in memory where nothing is said. */
function checkVersion1(manifest: Manifest): Finding[] {
    const template = podTemplateOf(manifest);
    if (template === undefined) return [];
    return containersOf(template).flatMap(({ container }) => {
        const image = textAt(container, "image") ?? "";
        const type = listAt(container, "env").find(({ name }) => name === "SPAN_STORAGE_TYPE")?.["value"];
        const byDefault = /jaegertracing\/all-in-one(:1\.|$)/.test(image) && type === undefined;
        return type === "memory" || byDefault ? [finding(template, "SPAN_STORAGE_TYPE memory")] : [];
    });
}

/** Jaeger 2 without a configuration of one's own takes the one that is built in, which keeps traces in memory. */
function checkWithoutConfig(manifest: Manifest): Finding[] {
    const template = podTemplateOf(manifest);
    if (template === undefined) return [];
    return containersOf(template)
        .filter(({ container }) => isJaeger2(textAt(container, "image") ?? ""))
        .filter(({ container }) => {
            const words = [...itemsAt(container, "command"), ...itemsAt(container, "args")];
            return !words.some((word) => /(^|\s)--?config(=|\s|$)/.test(String(word)));
        })
        .map(() => finding(template, "Jaeger 2 without --config, which keeps traces in memory"));
}

function isJaeger2(image: string): boolean {
    return /(^|\/)jaegertracing\/jaeger([:@]|$)/.test(image);
}

/** The operator of Jaeger 1 keeps traces in memory where nothing is said. */
function checkOperator(manifest: Manifest): Finding[] {
    if (!isKind(manifest, "Jaeger", "jaegertracing.io")) return [];
    const type = textAt(manifest, "spec", "storage", "type") ?? "memory";
    return type === "memory" ? [finding(subjectOf(manifest), "spec.storage.type memory")] : [];
}

function checkChart(manifest: Manifest): Finding[] {
    return chartsOf(manifest)
        .filter((chart) => isChart(chart, "jaeger") && at(chart.values, "storage", "type") === "memory")
        .map((chart) => finding(chart, "values.storage.type: memory"));
}

function finding({ resource, object }: Subject, got: string): Finding {
    return {
        ...{ id: "jaeger-storage-durable", severity: "error", resource, object },
        expected: "storage that outlives Jaeger's pod: badger on a volume, Elasticsearch, OpenSearch or the like",
        got,
        cure: "Set another jaeger.storage: with the pod, which may be moved at any time, every trace is gone.",
    };
}
