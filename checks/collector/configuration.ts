import { isKind, type Manifest } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, isPlainObject, itemsAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Subject } from "../finding";

/** A configuration of an OpenTelemetry Collector, or of Jaeger 2, which is built on it. */
export interface CollectorConfig {
    /** The object and the file that contain it. */
    subject: Subject;
    config: Manifest;
    /** True if the OpenTelemetry operator completes it: the operator makes receivers listen on every address. */
    completed: boolean;
    /** Values from the command line or the variables of a container, by their dotted path in the configuration. */
    origins?: Record<string, ContainerSetting>;
    /** True for the flags of Jaeger 1, in the form of a configuration. */
    isFlags?: boolean;
}

/** A value in a container of the collector, which the collector reads when it starts. */
export interface ContainerSetting {
    container: string;
    list: "command" | "args" | "env";
    /** Its place in that list. */
    index: number;
    /** As it is written there, without its name: `127.0.0.1:4317`. */
    value: string;
    /** What precedes the value: `--set=receivers.otlp.protocols.grpc.endpoint=`, or the name of a variable and `=`. */
    name: string;
}

/** A receiver of spans. */
export interface Receiver {
    /** Its name in pipelines. */
    name: string;
    /** Its place in the configuration, such as `receivers.otlp.protocols.grpc`. */
    path: string;
    /** The protocol: otlp-grpc, otlp-http or zipkin. */
    protocol: string;
    /** Undefined if an unknown variable sets it. */
    host: string | undefined;
    port: number | undefined;
    /** The variable in its endpoint; undefined if there is none. */
    variable: string | undefined;
    tls: "none" | "server" | "mutual";
}

/** Value of a variable of the container; undefined if unknown, null if not set. */
export type VariableOf = (name: string) => string | undefined | null;

/** The configurations in an object: files of a ConfigMap, or the operator's OpenTelemetryCollector. */
export function collectorConfigsOf(manifest: Manifest, parseYaml: ParseYaml): CollectorConfig[] {
    const completed = isKind(manifest, "OpenTelemetryCollector", "opentelemetry.io");
    const from: [string, unknown][] = isKind(manifest, "ConfigMap", "")
        ? Object.entries(mapAt(manifest, "data")).map(([file, text]) => [` ${file}`, text])
        : completed
          ? [["", at(manifest, "spec", "config")]]
          : [];
    return from.flatMap(([file, content]) => {
        // Skips the parsing of text that cannot be such a configuration.
        if (typeof content === "string" && !content.includes("receivers")) return [];
        const config = typeof content === "string" ? parseYaml(content) : content;
        // Text without pipelines is only a part of a configuration, or something else.
        if (
            !isPlainObject(config) ||
            !isPlainObject(config["receivers"]) ||
            !isPlainObject(at(config, "service", "pipelines"))
        )
            return [];
        const subject = subjectOf(manifest);
        return [{ subject: { ...subject, resource: `${subject.resource}${file}` }, config, completed }];
    });
}

/** A configuration that is not in an object of its own, but in the containers of pods; undefined without receivers. */
export function collectorConfigFrom(
    { resource, object }: Subject,
    config: Manifest,
    origins: Record<string, ContainerSetting>,
): CollectorConfig | undefined {
    if (!isPlainObject(config["receivers"])) return undefined;
    return { subject: { resource, object }, config, completed: false, origins };
}

/** The pipelines that name a receiver, such as `traces/2`. */
export function pipelinesWith(receiver: string, { config }: CollectorConfig): string[] {
    return Object.entries(mapAt(config, "service", "pipelines"))
        .filter(([, pipeline]) => itemsAt(pipeline, "receivers").map(String).includes(receiver))
        .map(([name]) => name);
}

/** True for a pipeline of traces. */
export function isOfTraces(pipeline: string): boolean {
    return pipeline.split("/")[0] === "traces";
}

/**
 * The receivers of spans that a configuration uses.
 *
 * @param host the address on which they listen without an endpoint.
 */
export function receiversOf(config: CollectorConfig, host: string, variableOf: VariableOf): Receiver[] {
    return declaredReceivers(config, host, variableOf).filter((receiver) => isStarted(receiver, config));
}

/** True for a receiver that a pipeline of traces names. The collector does not start others for spans. */
export function isStarted({ name }: Receiver, config: CollectorConfig): boolean {
    return pipelinesWith(name, config).some(isOfTraces);
}

/**
 * The receivers of spans that a configuration declares. The collector starts only those that a pipeline names.
 *
 * @param host the address on which they listen without an endpoint.
 */
export function declaredReceivers({ config }: CollectorConfig, host: string, variableOf: VariableOf): Receiver[] {
    return Object.entries(mapAt(config, "receivers")).flatMap(([name, receiver]) => {
        const path = `receivers.${name}`;
        const kind = name.split("/")[0];
        const at9411 = { host, port: 9411 };
        if (kind === "zipkin") return [{ name, ...receiverAt(path, "zipkin", receiver, at9411, variableOf) }];
        if (kind !== "otlp") return [];
        const protocols = mapAt(receiver, "protocols");
        return ["grpc", "http"]
            .filter((protocol) => protocol in protocols)
            .map((protocol) => {
                const usual = { host, port: protocol === "grpc" ? 4317 : 4318 };
                const below = `${path}.protocols.${protocol}`;
                return { name, ...receiverAt(below, `otlp-${protocol}`, protocols[protocol], usual, variableOf) };
            });
    });
}

function receiverAt(
    path: string,
    protocol: string,
    settings: unknown,
    usual: { host: string; port: number },
    variableOf: VariableOf,
): Omit<Receiver, "name"> {
    const written = textAt(settings, "endpoint");
    const tls = at(settings, "tls");
    const mutual = isPlainObject(tls) && ["client_ca_file", "client_ca_pem"].some((key) => tls[key] !== undefined);
    return {
        ...{ path, protocol, ...(written === undefined ? usual : parseEndpoint(written, variableOf)) },
        variable: /\$\{(?:env:)?([A-Za-z_]\w*)/.exec(written ?? "")?.[1],
        tls: isPlainObject(tls) && Object.keys(tls).length > 0 ? (mutual ? "mutual" : "server") : "none",
    };
}

/** `HOST:PORT`, `[HOST]:PORT` or `:PORT`, with variables as the Collector takes them: `${env:NAME:-DEFAULT}`. */
function parseEndpoint(written: string, variableOf: VariableOf): Pick<Receiver, "host" | "port"> {
    const variable = /\$\{(?:env:)?([A-Za-z_]\w*)(?::-([^}]*))?\}/g;
    const known = [...written.matchAll(variable)].every(([, name = ""]) => variableOf(name) !== undefined);
    const endpoint = written.replace(variable, (_, name: string, other?: string) => variableOf(name) ?? other ?? "");
    const [, host = "", port = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(endpoint) ?? [];
    return { host: known ? host : undefined, port: port === "" ? undefined : Number(port) };
}

/** True for an address that only the pod itself can reach. */
export function isLocal(host: string): boolean {
    return host === "localhost" || host === "::1" || /^127\./.test(host);
}

/** True for an IPv4 address, such as `0.0.0.0`: a receiver there gets no connection to an IPv6 address of its pod. */
export function isIpv4(host: string): boolean {
    return /^\d+(?:\.\d+){3}$/.test(host);
}
