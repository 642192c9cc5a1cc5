import { deepMerge, itemsAt, listAt, mapAt, textAt, type PlainObject } from "../../shared/values/plainObjects";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { imageTag } from "../workload/images";
import { containersOf, type PodTemplate } from "../workload/podTemplates";
import { collectorConfigFrom, type CollectorConfig, type ContainerSetting } from "./configuration";

/** A word of a container's command line, and its place. */
type Word = Omit<ContainerSetting, "name"> & { list: "command" | "args" };

/** The address without which Jaeger 2 listens on localhost. Its image sets the variable. */
const LISTEN = "${env:JAEGER_LISTEN_HOST:-localhost}";

/**
 * The configuration that Jaeger 2 has if it is given none:
 * https://github.com/jaegertracing/jaeger/blob/main/cmd/jaeger/internal/all-in-one.yaml
 */
const BUILT_IN: PlainObject = {
    extensions: { jaeger_storage: { backends: { some_storage: { memory: { max_traces: 100_000 } } } } },
    receivers: {
        otlp: { protocols: { grpc: { endpoint: `${LISTEN}:4317` }, http: { endpoint: `${LISTEN}:4318` } } },
        zipkin: { endpoint: `${LISTEN}:9411` },
    },
    service: { pipelines: { traces: { receivers: ["otlp", "zipkin"], exporters: ["jaeger_storage_exporter"] } } },
};

/**
 * Flags of Jaeger 1, each with its default and its place in the configuration of Jaeger 2; variables are named after
 * them: https://www.jaegertracing.io/docs/1.76/cli/
 */
const FLAGS: { flag: string; usual: string | undefined; keys: string[] }[] = [
    { flag: "collector.otlp.grpc.host-port", usual: ":4317", keys: ["otlp", "protocols", "grpc"] },
    { flag: "collector.otlp.http.host-port", usual: ":4318", keys: ["otlp", "protocols", "http"] },
    { flag: "collector.zipkin.host-port", usual: undefined, keys: ["zipkin"] },
];
const MAX_TRACES = { flag: "memory.max-traces", keys: ["memory", "memory", "max_traces"] };
const OTLP_ENABLED = "collector.otlp.enabled";

/**
 * The configuration of pods, with the values of their command line: `--set` over the file that they mount, otherwise
 * `--config=yaml:` and `--config=env:`, the configuration that Jaeger 2 has without any, or the flags of Jaeger 1.
 * Undefined if there are several files, or if nothing is known.
 *
 * @param files the configurations that the pods mount.
 */
export function configOfPods(
    pods: PodTemplate,
    files: CollectorConfig[],
    parseYaml: ParseYaml,
): CollectorConfig | undefined {
    const [file, ...others] = files;
    if (others.length > 0) return undefined;
    const words = containersOf(pods).flatMap(({ name, container }) => wordsOf(name, container));
    const base = file ?? inlineConfig(pods, words, parseYaml) ?? builtIn(pods, words) ?? version1(pods, words);
    if (base === undefined) return undefined;
    const origins: Record<string, ContainerSetting> = { ...base.origins };
    let { config } = base;
    for (const setting of settingsNamed("set", words)) {
        const [, key = "", value = ""] = /^([^=]+)=(.*)$/s.exec(setting.value) ?? [];
        if (key === "") continue;
        origins[key] = { ...setting, name: `${setting.name}${key}=`, value };
        config = deepMerge(config, nested(key.split("."), parseYaml(value)));
    }
    return { ...base, config, origins };
}

/** The words of a container's command line, with their places. */
function wordsOf(container: string, spec: PlainObject): Word[] {
    return (["command", "args"] as const).flatMap((list) =>
        itemsAt(spec, list).map((value, index) => ({ container, list, index, value: String(value) })),
    );
}

/** The values of a flag, written as `--flag=VALUE` or as `--flag VALUE`. */
function settingsNamed(flag: string, words: Word[]): ContainerSetting[] {
    const bare = new RegExp(`^--?${flag.replaceAll(".", "\\.")}$`);
    const joined = new RegExp(`^(--?${flag.replaceAll(".", "\\.")}=)(.*)$`, "s");
    return words.flatMap((word, index): ContainerSetting[] => {
        const [, name, value] = joined.exec(word.value) ?? [];
        if (name !== undefined && value !== undefined) return [{ ...word, name, value }];
        const next = words[index + 1];
        return bare.test(word.value) && next?.container === word.container ? [{ ...next, name: "" }] : [];
    });
}

/** A configuration in the command line or in a variable. */
function inlineConfig(pods: PodTemplate, words: Word[], parseYaml: ParseYaml): CollectorConfig | undefined {
    let config: PlainObject = {};
    const origins: Record<string, ContainerSetting> = {};
    for (const setting of settingsNamed("config", words)) {
        const [, scheme, text = ""] = /^(yaml|env):(.*)$/s.exec(setting.value) ?? [];
        if (scheme === "yaml") {
            // `a::b::c: value` is short for a nested map.
            const [, path = "", value = ""] = /^([\w./-]+(?:::[\w./-]+)+):\s*(.*)$/s.exec(text) ?? [];
            const key = path.replaceAll("::", ".");
            if (path !== "") origins[key] = { ...setting, name: `${setting.name}yaml:${path}: `, value };
            config = deepMerge(
                config,
                path === "" ? mapAt(parseYaml(text)) : nested(path.split("::"), parseYaml(value)),
            );
        } else if (scheme === "env") {
            const variable = variableIn(pods, text);
            if (variable !== undefined) config = deepMerge(config, mapAt(parseYaml(variable.value)));
        }
    }
    return collectorConfigFrom(pods, config, origins);
}

function builtIn(pods: PodTemplate, words: Word[]): CollectorConfig | undefined {
    const isJaeger2 = imagesOf(pods).some((image) => /(^|\/)jaegertracing\/jaeger([:@]|$)/.test(image));
    if (!isJaeger2 || settingsNamed("config", words).length > 0) return undefined;
    return collectorConfigFrom(pods, BUILT_IN, {});
}

/** The receivers of Jaeger 1, as the configuration of Jaeger 2 names them. */
function version1(pods: PodTemplate, words: Word[]): CollectorConfig | undefined {
    const is1 = imagesOf(pods).some(
        (image) =>
            /(^|\/)jaegertracing\/(all-in-one|jaeger-collector)([:@]|$)/.test(image) &&
            !(imageTag(image) ?? "").startsWith("2."),
    );
    if (!is1) return undefined;
    const valueOf = (flag: string): ContainerSetting | undefined =>
        settingsNamed(flag, words).at(-1) ?? variableIn(pods, variableOfFlag(flag));
    const otlp = valueOf(OTLP_ENABLED)?.value !== "false";
    const origins: Record<string, ContainerSetting> = {};
    let receivers: PlainObject = {};
    for (const { flag, usual, keys } of FLAGS) {
        const setting = valueOf(flag);
        const written = setting?.value ?? usual;
        if (written === undefined || written === "" || (keys[0] === "otlp" && !otlp)) continue;
        if (setting !== undefined) origins[["receivers", ...keys, "endpoint"].join(".")] = setting;
        const endpoint = /^\d+$/.test(written) ? `:${written}` : written;
        receivers = deepMerge(receivers, nested([...keys, "endpoint"], endpoint));
    }
    const traces = { receivers: Object.keys(receivers) };
    const most = valueOf(MAX_TRACES.flag);
    const storage = ["jaeger_storage", "backends", ...MAX_TRACES.keys];
    if (most !== undefined) origins[["extensions", ...storage].join(".")] = most;
    const extensions = most === undefined ? {} : nested(storage, Number(most.value));
    const config = collectorConfigFrom(pods, { extensions, receivers, service: { pipelines: { traces } } }, origins);
    return config && { ...config, isFlags: true };
}

/** The flag with the address of Jaeger 1 for a protocol, and its variable. */
export function flagFor(protocol: string): string {
    const [kind = "", part] = protocol.split("-");
    const { flag = "" } =
        FLAGS.find(({ keys }) => keys[0] === kind && (part === undefined || keys.includes(part))) ?? {};
    return `--${flag} (variable ${variableOfFlag(flag)})`;
}

function variableOfFlag(flag: string): string {
    return flag.replace(/[.-]/g, "_").toUpperCase();
}

/** A variable of the containers that has a value of its own. */
export function variableIn(pods: PodTemplate, name: string): ContainerSetting | undefined {
    return containersOf(pods).flatMap(({ name: container, container: spec }): ContainerSetting[] => {
        const index = listAt(spec, "env").findIndex((variable) => variable["name"] === name);
        const value = textAt(listAt(spec, "env")[index], "value");
        return value === undefined ? [] : [{ container, list: "env", index, name: `${name}=`, value }];
    })[0];
}

function imagesOf(pods: PodTemplate): string[] {
    return containersOf(pods).map(({ container }) => textAt(container, "image") ?? "");
}

function nested(keys: string[], value: unknown): PlainObject {
    const [key = "", ...below] = keys;
    return { [key]: below.length === 0 ? value : nested(below, value) };
}
