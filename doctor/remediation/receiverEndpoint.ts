import { isMap, isScalar, parseDocument, visit, type Document } from "yaml";
import { collectorConfigsOf, isLocal, receiversOf } from "../../checks/collector/configuration";
import { isSecretName, isSecretText } from "../../checks/telemetry/secretHeaders";
import type { ParseYaml } from "../../shared/values/parseYaml";
import type { ConfigMapObject } from "../../shared/kubernetes/objects";
import type { Command } from "./commands";

/**
 * The collector's configuration with receivers that listen on every address; undefined if the ConfigMap is immutable,
 * or if its content must not be printed.
 */
export function listenOnAllAddresses(file: ConfigMapObject, parseYaml: ParseYaml): Command | undefined {
    if (file.immutable === true) return undefined;
    const changed = Object.entries(file.data ?? {}).flatMap(([name, text]) => {
        const [config] = collectorConfigsOf({ kind: "ConfigMap", ...file, data: { [name]: text } }, parseYaml);
        const local =
            config === undefined ? [] : receiversOf(config, "localhost", () => undefined).filter(isOnLocalhost);
        return local.length === 0 ? [] : [[name, rewrite(text, local)] as const];
    });
    if (changed.length === 0 || changed.some(([, text]) => text === undefined)) return undefined;
    return { verb: "merge", kind: "configmap", object: file, patch: { data: Object.fromEntries(changed) } };
}

function isOnLocalhost({ host, port }: { host: string | undefined; port: number | undefined }): boolean {
    return host !== undefined && isLocal(host) && port !== undefined;
}

/** Preserves comments and order; undefined for a text with credentials. */
function rewrite(text: string, receivers: { path: string; port: number | undefined }[]): string | undefined {
    const document = parseDocument(text);
    if (holdsSecret(document)) return undefined;
    for (const { path, port } of receivers) {
        const keys = path.split(".");
        if (!isMap(document.getIn(keys))) document.setIn(keys, document.createNode({}));
        document.setIn([...keys, "endpoint"], `:${String(port)}`);
    }
    return document.toString({ lineWidth: 0 });
}

function holdsSecret(document: Document): boolean {
    const found: string[] = [];
    visit(document, {
        Pair: (_, { key, value }) => {
            const name = isScalar(key) ? String(key.value) : "";
            const content = isScalar(value) ? String(value.value) : "";
            if (content !== "" && (isSecretName(name) || isSecretText(content))) found.push(name);
        },
    });
    return found.length > 0;
}
