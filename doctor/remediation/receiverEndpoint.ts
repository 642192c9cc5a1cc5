import { collectorConfigsOf, receiversOf } from "../../checks/collector/configuration";
import type { ParseYaml } from "../../shared/values/parseYaml";
import type { ConfigMapObject } from "../../shared/kubernetes/objects";
import { editText } from "./collectorFile";
import type { Command } from "./commands";

/**
 * The collector's configuration with receivers that listen on every address; undefined if the ConfigMap is immutable,
 * or if its content must not be printed.
 *
 * @param isWrong whether a receiver's current address has to change.
 */
export function listenOnAllAddresses(
    file: ConfigMapObject,
    parseYaml: ParseYaml,
    isWrong: (host: string) => boolean,
): Command | undefined {
    if (file.immutable === true) return undefined;
    const changed = Object.entries(file.data ?? {}).flatMap(([name, text]) => {
        const [config] = collectorConfigsOf({ kind: "ConfigMap", ...file, data: { [name]: text } }, parseYaml);
        const wrong = (config === undefined ? [] : receiversOf(config, "localhost", () => undefined)).filter(
            ({ host, port }) => host !== undefined && isWrong(host) && port !== undefined,
        );
        const edits = wrong.map(({ path, port }) => ({
            keys: [...path.split("."), "endpoint"],
            value: `:${String(port)}`,
        }));
        return wrong.length === 0 ? [] : [[name, editText(text, edits)] as const];
    });
    if (changed.length === 0 || changed.some(([, text]) => text === undefined)) return undefined;
    return { verb: "merge", kind: "configmap", object: file, patch: { data: Object.fromEntries(changed) } };
}
