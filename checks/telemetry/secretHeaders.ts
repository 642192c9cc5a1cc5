import { resourceName, type Manifest } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, isPlainObject, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { readMeshConfigs } from "../mesh/configuration";
import { telemetriesOf } from "./consistency";

/** Headers that carry an identity or a credential. */
const SECRET_HEADERS = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-forwarded-client-cert",
    "x-amz-security-token",
];
const SECRET_NAME = /(^|[-_])(api[-_]?key|token|secret|password|passwd|session([-_]?id)?|jwt|credentials?)$/;

/** True for a header, or another name, whose value must not appear in a trace. */
export function isSecretHeader(name: string): boolean {
    const lower = name.toLowerCase();
    return SECRET_HEADERS.includes(lower) || SECRET_NAME.test(lower);
}

/** Words anywhere in the name of a configuration field that mark a secret. */
const SECRET_WORD =
    /(^|[_.-])(password|passwd|passphrase|secret|token|(api|access|private)[_-]?key|authorization|credentials?|htpasswd|key[_-]pem)([_.-]|$)/;
/**
 * Text that is a credential under any name: a URL with a password, the value after an HTTP authentication scheme, or a
 * private key.
 */
const SECRET_TEXT = [/:\/\/[^/\s@]*:[^/\s@]+@/, /^(basic|bearer)\s+\S/i, /-----BEGIN [A-Z ]*PRIVATE KEY-----/];

/**
 * True for the name of a configuration field whose value is a secret, in any spelling (`api_key`, `apiKey`,
 * `x-api-key`).
 */
export function isSecretName(name: string): boolean {
    const apart = name.replace(/([a-z\d])([A-Z])/g, "$1_$2").toLowerCase();
    return isSecretHeader(apart) || SECRET_WORD.test(apart);
}

/** True for text that is a secret under any name. */
export function isSecretText(text: string): boolean {
    return SECRET_TEXT.some((form) => form.test(text));
}

/**
 * Reports tags that write a secret into every span, where everybody who can read traces can read it.
 *
 * @param customTags tags of a Telemetry's tracing block or of `defaultConfig.tracing`.
 * @param more names of further headers to reject.
 */
export function checkCustomTags(resource: string, customTags: unknown, more: string[] = []): Finding[] {
    if (!isPlainObject(customTags)) return [];
    const extra = more.map((name) => name.toLowerCase());
    return Object.entries(customTags)
        .flatMap(([tag, source]) => sourcesOf(isPlainObject(source) ? source : {}).map((from) => ({ tag, ...from })))
        .filter(({ name }) => isSecretHeader(name) || extra.includes(name.toLowerCase()))
        .map(({ tag, kind, name }) => ({
            id: "custom-tags-secret-headers",
            severity: "error",
            resource: `${resource} custom tag ${tag}`,
            expected: "no tag that holds a credential",
            got: `the ${kind} ${name}`,
            cure: "Remove the tag, or use a header that identifies the caller but grants no access, such as a user ID.",
        }));
}

/** The same check for every place of an object that can contain tags: a Telemetry, or a mesh configuration. */
export function checkObjectTags(manifest: Manifest, parseYaml: ParseYaml, more: string[]): Finding[] {
    return [
        ...telemetriesOf([manifest]).flatMap((telemetry) =>
            listAt(telemetry, "spec", "tracing").flatMap((block) =>
                checkCustomTags(resourceName(telemetry), block["customTags"], more),
            ),
        ),
        ...readMeshConfigs([manifest], parseYaml).flatMap(({ resource, config }) =>
            checkCustomTags(resource, at(config, "defaultConfig", "tracing", "customTags"), more),
        ),
    ];
}

function sourcesOf(source: Manifest): { kind: string; name: string }[] {
    const header = textAt(mapAt(source, "header"), "name");
    const variable = textAt(mapAt(source, "environment"), "name");
    const formatter = textAt(mapAt(source, "formatter"), "value") ?? textAt(source, "formatter") ?? "";
    return [
        ...(header === undefined ? [] : [{ kind: "header", name: header }]),
        ...(variable === undefined ? [] : [{ kind: "environment variable", name: variable }]),
        ...[...formatter.matchAll(/%REQ\(([^)?:]+)[^)]*\)/gi)].map(([, name = ""]) => ({ kind: "header", name })),
    ];
}
