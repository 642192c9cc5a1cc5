import { isKind, type Manifest } from "../../shared/kubernetes/manifest";
import { at, isPlainObject, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding } from "../finding";
import { meshText, readMeshConfigs } from "../mesh/configuration";
import { camelCase } from "../mesh/fieldNames";
import { podTemplateOf } from "../workload/podTemplates";
import { argoSpecPath } from "./charts";
import type { ReadYaml } from "./yamlReader";

/** Text in an object that a program reads as its configuration. */
interface Configuration {
    /** Its place in the object. */
    field: string;
    text: string;
    /** True if the program treats empty text as no configuration. */
    mayBeEmpty: boolean;
}

/**
 * Reports configurations that no program can read: text that is not valid YAML or contains no fields and values;
 * templates that were not filled in; a wrong type in place of a list; and fields that istiod drops because of their
 * spelling. Programs then fail at startup or keep their former configuration, and rules have nothing to check.
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

/** True for text of Jaeger 2 or a Collector, by the keys that each needs. The text need not be valid YAML. */
function isCollectorText(text: string): boolean {
    if (/^\s*"?jaeger_storage"?:/m.test(text)) return true;
    return /^\s*"?receivers"?:/m.test(text) && /^\s*"?(exporters|pipelines)"?:/m.test(text);
}

function checkText(object: Manifest, { field, text, mayBeEmpty }: Configuration, readYaml: ReadYaml): Finding[] {
    const reading = readYaml(text);
    if (!("value" in reading)) {
        const place = reading.line === undefined ? "" : ` in line ${String(reading.line)}`;
        const line = text.split("\n")[(reading.line ?? 0) - 1] ?? "";
        const template = line.includes("{{") || /^\s*\{\{/m.test(text);
        const got = template ? `an unfilled template${place}` : `invalid YAML${place}`;
        const cure = template
            ? "Render the template before you apply the object."
            : "Correct the YAML, which no program can read.";
        return [finding(object, `valid YAML in ${field}`, got, cure)];
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
            `${dropped.join(" and ")}, which istiod drops silently`,
            `Write ${right}: istiod reads these fields only in this spelling.`,
        ),
    ];
}

/**
 * Fields of the mesh configuration that must have one type. With another type, istiod rejects the whole configuration.
 */
function wrongShapes(object: Manifest, config: Manifest): Finding[] {
    const providers = config["extensionProviders"];
    const unnamed =
        Array.isArray(providers) && providers.some((one) => (textAt(one, "name") ?? "") === "")
            ? [wrongShape(object, "a name for each entry of extensionProviders", "an entry without a name")]
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
    return finding(
        object,
        expected,
        got,
        "Correct it: istiod rejects the whole configuration and keeps the former one.",
    );
}

function templateRemains(object: Manifest, config: Manifest): Finding[] {
    // The text around the template may be a key.
    const [first] = textsIn(config).flatMap((text) => /\{\{.*?\}\}/.exec(text) ?? []);
    // Argo CD fills in the template of an ApplicationSet.
    if (first === undefined || isKind(object, "ApplicationSet", "argoproj.io")) return [];
    const cure = "Render the template before you apply the object: istiod does not replace the braces.";
    return [finding(object, "a mesh configuration without an unfilled template", first, cure)];
}

/** The type of a value. Never shows the value, which may contain a key. */
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
