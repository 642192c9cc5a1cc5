import { isKind, nameOf, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, isPlainObject, itemsAt, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding, type Subject } from "../finding";
import { chartsOf, isChart } from "../manifest/charts";
import { containersOf, podTemplateOf, type PodTemplate } from "../workload/podTemplates";
import { jaegerConfigsOf } from "./configuration";

/** Reports traces that are lost with Jaeger's pod: in memory, or in files of the pod. */
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

/** The same check for settings: memory storage beyond a demo. */
export function checkTracesWorthKeeping(type: string, ownWorkloads: boolean): Finding[] {
    if (type !== "memory" || !ownWorkloads) return [];
    return [{ ...finding({ resource: "jaeger.storage" }, type), severity: "warning" }];
}

/** How a backend loses its traces; empty if it keeps them. */
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

/** True for pods that mount a ConfigMap. */
function reads({ namespace, spec }: PodTemplate, configMap: Manifest): boolean {
    return (
        (namespace ?? "default") === namespaceOf(configMap) &&
        listAt(spec, "volumes").some((volume) => textAt(volume, "configMap", "name") === nameOf(configMap))
    );
}

/** The volume of a folder, if it is deleted with the pod. */
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

/** The environment configures Jaeger v1, which keeps traces in memory by default. */
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

/** Without a configuration, Jaeger 2 uses the built-in one, which keeps traces in memory. */
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

/** The operator of Jaeger 1 keeps traces in memory by default. */
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
        expected: "storage that outlives Jaeger's pod, such as badger on a volume, Elasticsearch or OpenSearch",
        got,
        cure: "Set another jaeger.storage. Kubernetes can move the pod at any time, and every trace is lost with it.",
    };
}
