import { isMap, isScalar, parseDocument, visit, type Document } from "yaml";
import { isSecretName, isSecretText } from "../../checks/telemetry/secretHeaders";
import type { ConfigMapObject, PodObject } from "../../shared/kubernetes/objects";
import { restartCommands } from "../inventory/workload";
import type { Command } from "./commands";

/** A value of a collector's configuration, by its path of keys. */
export interface Edit {
    keys: string[];
    value: unknown;
}

/**
 * YAML text with changed values. Preserves comments and order. Undefined for text with credentials, which is not
 * printed.
 */
export function editText(text: string, edits: Edit[]): string | undefined {
    const document = parseDocument(text);
    if (holdsSecret(document)) return undefined;
    for (const { keys, value } of edits) {
        const holder = keys.slice(0, -1);
        if (holder.length > 0 && !isMap(document.getIn(holder))) document.setIn(holder, document.createNode({}));
        document.setIn(keys, typeof value === "object" ? document.createNode(value) : value);
        // In braces, the collector's parser takes a plain `:4317` for a second colon, and does not start.
        const node = document.getIn(keys, true);
        if (isScalar(node) && String(value).startsWith(":")) node.type = "QUOTE_DOUBLE";
    }
    return document.toString({ lineWidth: 0 });
}

/**
 * Commands that change a file of a ConfigMap and restart the pods that read it; none if the ConfigMap is immutable, or
 * if its content must not be printed.
 */
export function editFile(
    { configMap, key }: { configMap: ConfigMapObject; key: string },
    edits: Edit[],
    pods: PodObject[],
): Command[] {
    const text = configMap.immutable === true ? undefined : editText(configMap.data?.[key] ?? "", edits);
    const [pod] = pods;
    if (text === undefined || pod === undefined) return [];
    const change: Command = { verb: "merge", kind: "configmap", object: configMap, patch: { data: { [key]: text } } };
    return [change, ...restartCommands(pod)];
}

function holdsSecret(document: Document): boolean {
    const found: string[] = [];
    visit(document, {
        Pair: (_, { key, value }) => {
            const name = isScalar(key) ? String(key.value) : "";
            const content = isScalar(value) ? String(value.value) : "";
            if (content === "" || isReference(name, content)) return;
            if (isSecretName(name) || isSecretText(content)) found.push(name);
        },
    });
    return found.length > 0;
}

/** True for the name of a file or of a variable that holds a secret, which is none itself. */
function isReference(name: string, content: string): boolean {
    return name.endsWith("_file") || /^\$\{(?:file|env):[^}]+\}$/.test(content);
}
