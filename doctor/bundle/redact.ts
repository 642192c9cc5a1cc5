import { parse, stringify } from "yaml";
import { redact } from "../../shared/values/redact";
import { isPlainObject, parseJson, type PlainObject } from "../../shared/values/plainObjects";

/** Stands in the place of what was removed. */
export const REMOVED = "[removed]";

/** Names of fields, variables, headers and flags that hold a credential. */
const NAMES =
    "password|passwd|passphrase|pwd|secret|token|credential|authorization|auth(?!or)|api[-_]?key|private[-_]?key|access[-_]?key|" +
    "client[-_]?key|license[-_]?key|cookie|session|bearer|signature|jwt|htpasswd|dsn|connection[-_]?string";
const SENSITIVE = new RegExp(NAMES, "i");
/** Fields with such a name that only refer to one, or that hold something else. */
const HARMLESS =
    /^(authorizationPolicies|imagePullSecrets|automountServiceAccountToken)$|(name|names|ref|refs|file|path|url|type|mode|seconds|duration|ttl|affinity)$/i;

/** Environment variables with settings of Istio; of all others only the names are kept. */
const ENVIRONMENT = /^(PROXY_CONFIG|ISTIO_META_\w+|PILOT_\w+|REVISION|CLUSTER_ID|TRUST_DOMAIN)$/;
/** Annotations that decide something about tracing or installation; of all others only the names are kept. */
const ANNOTATIONS =
    /^([\w.-]*istio\.io\/[\w.-]+|kubectl\.kubernetes\.io\/default-container|prometheus\.io\/[\w.-]+|meta\.helm\.sh\/[\w.-]+)$/;
/** Tags of Envoy's spans; of all others only the names are kept. */
const TAGS =
    /^(node_id|component|downstream_cluster|http\.(method|protocol|status_code|url)|guid:x-request-id|user_agent|peer\.address|request_size|response_(flags|size)|upstream_(address|cluster|cluster\.name)|span\.kind|error|zone|otel\.\w+|istio\.\w+|internal\.span\.format|grpc\.status_code)$/;

/** Values of Envoy that are given in place, such as keys of certificates and bodies of answers. */
const INLINE = /^inline_?(bytes|string)$/i;

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?(?:-----END \1-----|$)/g;
const JWT = /\beyJ[\w-]{6,}\.[\w-]+(?:\.[\w-]*)?/g;
const SCHEMES = /\b(Bearer|Basic|Digest|ApiKey|Token)\s+[\w.~+/=-]{4,}/gi;
const ISSUED =
    /\b(?:gh[pousr]_\w{10,}|github_pat_\w+|glpat-[\w-]+|xox[a-z]-[\w-]+|sk-[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{12,}|AIza[\w-]{20,}|hvs\.[\w-]+)/g;
const ASSIGNED = new RegExp(`((?:${NAMES})s?["']?\\s*[:=]\\s*)("(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^\\s"',;&}\\]]+)`, "gi");
const QUERY = /\?[\w.~%-]+=[^\s"'`<>\\]*/g;
/** Digits and letters of both cases without a break, as keys and tokens have. Digests and trace IDs have one case. */
const OPAQUE = /(?<![\w+/-])(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])(?=[\w+/-]*\d)[\w+/-]{40,}={0,2}/g;

/** Removes secrets from what the doctor read. */
export interface Redactor {
    /** Of a text in any format. */
    text: (text: string) => string;
    /** Of plain data, which keeps its structure. */
    value: <T>(value: T) => T;
    /** Of a file, which is left out if it is not YAML or JSON, because nothing tells what its parts mean. */
    file: (text: string) => string;
}

/** @param known secrets that are known to the doctor, and so are removed in whatever they stand. */
export function createRedactor(known: string[] = []): Redactor {
    const forms = known
        .filter((secret) => secret.length >= 3)
        .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")])
        .sort((left, right) => right.length - left.length);
    const text = (given: string): string =>
        redact(forms.reduce((rest, form) => rest.replaceAll(form, REMOVED), given))
            .replace(PEM, `[removed $1]`)
            .replace(SCHEMES, `$1 ${REMOVED}`)
            .replace(JWT, REMOVED)
            .replace(ISSUED, REMOVED)
            .replace(QUERY, "?***")
            .replace(ASSIGNED, `$1${REMOVED}`)
            .replace(OPAQUE, REMOVED);

    const file = (given: string): string => {
        const document = parseDocument(given);
        return document === undefined ? "[left out: not YAML]" : stringify(clean(document, []));
    };

    const clean = (value: unknown, path: string[]): unknown => {
        if (typeof value === "string") return cleanText(value, path);
        if (Array.isArray(value)) return cleanList(value, path);
        if (!isPlainObject(value)) return value;
        return Object.fromEntries(
            Object.entries(value).map(([key, inner]) => [
                text(key),
                isSecret(key, value, path) ? hide(inner) : clean(inner, [...path, key]),
            ]),
        );
    };

    const cleanText = (value: string, path: string[]): string => {
        const [key = "", above] = [path.at(-1), path.at(-2)];
        if (above === "data" || key === "proxy.istio.io/config") return file(value);
        const json = /^\s*[{[]/.test(value) ? parseJson(value) : undefined;
        return json === undefined ? text(value) : JSON.stringify(clean(json, path));
    };

    const cleanList = (values: unknown[], path: string[]): unknown[] =>
        values.map((value, index) => {
            const before = values[index - 1];
            // The value of a flag such as --password.
            const isValue = typeof before === "string" && /^--?[\w-]+$/.test(before) && SENSITIVE.test(before);
            return isValue && typeof value === "string" ? REMOVED : clean(value, path);
        });

    return { text, file, value: <T>(value: T) => clean(value, []) as T };
}

/** Whether a field of an object holds a secret. */
function isSecret(key: string, object: PlainObject, path: string[]): boolean {
    const above = path.at(-1) ?? "";
    if (HARMLESS.test(key)) return false;
    if (above === "annotations") return !ANNOTATIONS.test(key);
    if (above === "tags") return !TAGS.test(key);
    if (key === "value") {
        const name = [object["name"], object["key"], object["header"]].find((one) => typeof one === "string") ?? "";
        if (above === "env") return !ENVIRONMENT.test(name);
        return (
            SENSITIVE.test(name) || path.some((one) => /headers?(_to_add|ToAdd)?$|metadata$/i.test(one) && name !== "")
        );
    }
    // Headers of requests and of answers, as a map.
    const inHeaders = path.slice(-3).some((one) => /headers$/i.test(one));
    if (inHeaders && /headers$|^(set|add)$/i.test(above) && typeof object[key] === "string") return true;
    return SENSITIVE.test(key) || INLINE.test(key);
}

/** The same structure without its texts. */
function hide(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(hide);
    if (!isPlainObject(value))
        return value === undefined || value === null || typeof value === "boolean" ? value : REMOVED;
    return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, HARMLESS.test(key) || key === "name" ? inner : hide(inner)]),
    );
}

function parseDocument(text: string): unknown {
    try {
        const document: unknown = parse(text, { uniqueKeys: false, logLevel: "silent" });
        return isPlainObject(document) || Array.isArray(document) ? document : undefined;
    } catch {
        return undefined;
    }
}
