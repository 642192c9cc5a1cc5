import { isIP } from "node:net";
import type { PlainObject } from "../../shared/values/plainObjects";
import { CA_CONFIG_MAP } from "../collector";
import type { TierBackend } from "../tier";

/** Folder in which a sampler finds the certificate authority of each back end that names a ConfigMap. */
const CA_FOLDER = "/etc/tracing-ca";

/** A back end with its name. */
export type NamedBackend = TierBackend & { name: string };

/** A header of a back end: the variable of the sampler's container that holds it, and its key in the Secret. */
export interface HeaderVariable {
    variable: string;
    secretKey: string;
}

/** Exporters of a sampler, one for each back end, with the given queue and retry. */
export function renderExporters(backends: NamedBackend[], queue: PlainObject): PlainObject {
    return Object.fromEntries(
        backends.map((backend, index) => {
            const kind = backend.protocol === "otlp-http" ? "otlp_http" : "otlp_grpc";
            return [
                `${kind}/${backend.name}`,
                { ...renderTarget(backend), ...renderHeaders(backend, index), ...queue },
            ];
        }),
    );
}

/** The variables of a sampler's container for the headers of every back end. */
export function headerVariables(backends: NamedBackend[]): HeaderVariable[] {
    return backends.flatMap(({ name, headers }, backend) =>
        headers.map((header, index) => ({
            variable: variableName(backend, index),
            secretKey: `${name}.${header}`,
        })),
    );
}

/** The ConfigMaps with certificate authorities that a sampler mounts, each with its folder. */
export function authorityMounts(backends: NamedBackend[]): { configMap: string; name: string; folder: string }[] {
    return backends.flatMap(({ name, tls }) =>
        tls?.ca.startsWith(CA_CONFIG_MAP) === true
            ? [{ configMap: tls.ca.slice(CA_CONFIG_MAP.length), name: `ca-${name}`, folder: `${CA_FOLDER}/${name}` }]
            : [],
    );
}

function renderTarget({ name, host, port, protocol, path, tls }: NamedBackend): PlainObject {
    const address = `${isIP(host) === 6 ? `[${host}]` : host}:${String(port)}`;
    const secured = tls && {
        ...(tls.ca.startsWith(CA_CONFIG_MAP)
            ? { ca_file: `${CA_FOLDER}/${name}/ca.crt` }
            : tls.ca !== "public" && { ca_pem: tls.ca }),
        ...(tls.serverName !== undefined && { server_name_override: tls.serverName }),
    };
    if (protocol === "otlp-grpc") return { endpoint: address, tls: secured ?? { insecure: true } };
    const url = `${tls === undefined ? "http" : "https"}://${address}${path ?? "/v1/traces"}`;
    return { traces_endpoint: url, ...(secured && { tls: secured }) };
}

function renderHeaders({ headers }: NamedBackend, backend: number): PlainObject {
    if (headers.length === 0) return {};
    return {
        headers: Object.fromEntries(
            headers.map((header, index) => [header, `\${env:${variableName(backend, index)}}`]),
        ),
    };
}

/** A variable of the container, by the places of a back end and of its header: names have more characters than variables. */
function variableName(backend: number, header: number): string {
    return `HEADER_${String(backend)}_${String(header)}`;
}
