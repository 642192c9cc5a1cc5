import { isKind, type Manifest } from "../../shared/kubernetes/manifest";
import { at, isPlainObject, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding } from "../finding";
import { meshText, readMeshConfigs } from "../mesh/configuration";
import { camelCase } from "../mesh/fieldNames";
import { podTemplateOf } from "../workload/podTemplates";
import { argoSpecPath } from "./charts";
import type { ReadYaml } from "./yamlReader";

/** A text of an object that some program takes as its configuration. */
interface Configuration {
    /** Where it stands in the object. */
    field: string;
    text: string;
    /** True when the program takes an empty text for none. */
    mayBeEmpty: boolean;
}

/**
 * Configurations that nobody can read: text that is no YAML, or something else than fields and values; what a template
 * should have replaced; lists that are none; fields that istiod drops for their spelling. Programs then fail at their
 * start, or go on with what they had, and rules have nothing to judge.
 */
export function checkReadable(object: Manifest, readYaml: ReadYaml): Finding[] {
    const parse = (text: string): unknown => {
        const reading = readYaml(text);
        return "value" in reading ? reading.value : undefined;
    };
    const unreadable = configurationsOf(object).flatMap((one) => checkText(object, one, readYaml));
    if (unreadable.length > 0) return unreadable;
    return readMeshConfigs([object], parse).flatMap(({ config, dropped }) => [
        ...droppedFields(object, dropped),
        ...wrongShapes(object, config),
        ...templateRemains(object, config),
    ]);
}

function configurationsOf(object: Manifest): Configuration[] {
    const texts: [field: string, text: unknown, mayBeEmpty: boolean][] = [];
    const mesh = meshText(object);
    if (mesh !== undefined) texts.push(["data.mesh", mesh, true]);
    else if (isKind(object, "ConfigMap", "")) {
        for (const [file, text] of Object.entries(mapAt(object, "data")))
            if (typeof text === "string" && isCollectorText(text)) texts.push([`data.${file}`, text, false]);
    }
    if (isKind(object, "OpenTelemetryCollector", "opentelemetry.io"))
        texts.push(["spec.config", at(object, "spec", "config"), false]);
    if (isKind(object, "HelmChart", "helm.cattle.io"))
        texts.push(["spec.valuesContent", at(object, "spec", "valuesContent"), true]);
    const argo = argoSpecPath(object);
    if (argo !== undefined) {
        const spec = mapAt(object, ...argo);
        for (const source of [mapAt(spec, "source"), ...listAt(spec, "sources")])
            texts.push([[...argo, "source.helm.values"].join("."), at(source, "helm", "values"), true]);
    }
    if (isKind(object, "HelmRelease", "helm.toolkit.fluxcd.io")) {
        for (const one of listAt(object, "spec", "valuesFrom"))
            texts.push([`the ConfigMap ${String(one["name"])} of spec.valuesFrom`, one["text"], true]);
    }
    const annotation = "proxy.istio.io/config";
    texts.push([`annotation ${annotation}`, textAt(podTemplateOf(object)?.metadata, "annotations", annotation), true]);
    return texts.flatMap(([field, text, mayBeEmpty]) =>
        typeof text === "string" ? [{ field, text, mayBeEmpty }] : [],
    );
}

/** Of Jaeger 2 or a Collector, by the words that each has to have; a glance, for it may be no YAML. */
function isCollectorText(text: string): boolean {
    if (/^\s*"?jaeger_storage"?:/m.test(text)) return true;
    return /^\s*"?receivers"?:/m.test(text) && /^\s*"?(exporters|pipelines)"?:/m.test(text);
}

function checkText(object: Manifest, { field, text, mayBeEmpty }: Configuration, readYaml: ReadYaml): Finding[] {
    const reading = readYaml(text);
    if (!("value" in reading)) {
        const place = reading.line === undefined ? "" : `, at its line ${String(reading.line)}`;
        const line = text.split("\n")[(reading.line ?? 0) - 1] ?? "";
        const template = line.includes("{{") || /^\s*\{\{/m.test(text);
        const got = template ? `the remains of a template${place}` : `text that is none${place}`;
        const cure = template
            ? "Fill in the template before it is written."
            : "Correct the text: no program can read it.";
        return [finding(object, `YAML in ${field}`, got, cure)];
    }
    if (isPlainObject(reading.value) || (mayBeEmpty && (reading.value === null || reading.value === undefined)))
        return [];
    return [
        finding(
            object,
            `fields and values in ${field}`,
            shapeOf(reading.value),
            "Write fields and values, such as extensionProviders: [...].",
        ),
    ];
}

function droppedFields(object: Manifest, dropped: string[]): Finding[] {
    if (dropped.length === 0) return [];
    const right = dropped.map(camelCase).join(" and ");
    return [
        finding(
            object,
            `the mesh configuration's ${right}`,
            `${dropped.join(" and ")}, which istiod drops without a word`,
            `Write ${right}: of these fields istiod reads this spelling alone.`,
        ),
    ];
}

/** Fields of the mesh configuration that istiod takes in one form only; with another it refuses the whole of it. */
function wrongShapes(object: Manifest, config: Manifest): Finding[] {
    const providers = config["extensionProviders"];
    const unnamed =
        Array.isArray(providers) && providers.some((one) => (textAt(one, "name") ?? "") === "")
            ? [wrongShape(object, "a name for every one of extensionProviders", "one without")]
            : [];
    return [
        ...(providers != null && !Array.isArray(providers)
            ? [wrongShape(object, "a list of extensionProviders", shapeOf(providers))]
            : unnamed),
        ...["defaultConfig", "defaultProviders"]
            .filter((field) => config[field] != null && !isPlainObject(config[field]))
            .map((field) => wrongShape(object, `fields and values below ${field}`, shapeOf(config[field]))),
    ];
}

function wrongShape(object: Manifest, expected: string, got: string): Finding {
    return finding(object, expected, got, "Correct it: istiod refuses the whole configuration, and keeps the former.");
}

function templateRemains(object: Manifest, config: Manifest): Finding[] {
    // The text around it may be a key.
    const [first] = textsIn(config).flatMap((text) => /\{\{.*?\}\}/.exec(text) ?? []);
    // The template of an ApplicationSet is filled in by Argo CD.
    if (first === undefined || isKind(object, "ApplicationSet", "argoproj.io")) return [];
    const cure = "Fill in the template before it is written: istiod takes the braces as they stand.";
    return [finding(object, "a mesh configuration without a template's remains", first, cure)];
}

/** What a value is, and never what it says: it may hold a key. */
function shapeOf(value: unknown): string {
    if (Array.isArray(value)) return "a list";
    if (value === null || value === undefined) return "nothing";
    if (typeof value === "string") return "text";
    return isPlainObject(value) ? "fields and values" : `a ${typeof value}`;
}

function textsIn(value: unknown): string[] {
    if (typeof value === "string") return [value];
    if (Array.isArray(value)) return value.flatMap(textsIn);
    return isPlainObject(value) ? Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]) : [];
}

function finding(object: Manifest, expected: string, got: string, cure: string): Finding {
    return { id: "configuration-readable", severity: "error", ...subjectOf(object), expected, got, cure };
}
