import { isMap, isScalar, parseDocument, visit, type Document } from "yaml";
import { isSecretName, isSecretText } from "../../checks/telemetry/secretHeaders";
import type { ConfigMapObject, PodObject } from "../../shared/kubernetes/objects";
import { restartCommands } from "../inventory/workload";
import type { Command } from "./commands";

/** A value of a collector's configuration, by the keys that lead to it. */
export interface Edit {
    keys: string[];
    value: unknown;
}

/** A text of YAML with other values: comments and order stay. Undefined for one with credentials, which is not printed. */
export function editText(text: string, edits: Edit[]): string | undefined {
    const document = parseDocument(text);
    if (holdsSecret(document)) return undefined;
    for (const { keys, value } of edits) {
        const holder = keys.slice(0, -1);
        if (holder.length > 0 && !isMap(document.getIn(holder))) document.setIn(holder, document.createNode({}));
        document.setIn(keys, typeof value === "object" ? document.createNode(value) : value);
    }
    return document.toString({ lineWidth: 0 });
}

/**
 * Changes a file of a ConfigMap and restarts the pods that read it; none where the ConfigMap is immutable, or what it holds
 * must not be printed.
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
            if (content !== "" && (isSecretName(name) || isSecretText(content))) found.push(name);
        },
    });
    return found.length > 0;
}
