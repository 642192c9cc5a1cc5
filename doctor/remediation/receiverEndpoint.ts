import { collectorConfigsOf, isLocal, receiversOf } from "../../checks/collector/configuration";
import type { ParseYaml } from "../../shared/values/parseYaml";
import type { ConfigMapObject } from "../../shared/kubernetes/objects";
import { editText } from "./collectorFile";
import type { Command } from "./commands";

/**
 * The collector's configuration with receivers that listen on every address; undefined where that cannot be written down:
 * the ConfigMap is immutable, or what it holds must not be printed.
 */
export function listenOnAllAddresses(file: ConfigMapObject, parseYaml: ParseYaml): Command | undefined {
    if (file.immutable === true) return undefined;
    const changed = Object.entries(file.data ?? {}).flatMap(([name, text]) => {
        const [config] = collectorConfigsOf({ kind: "ConfigMap", ...file, data: { [name]: text } }, parseYaml);
        const local =
            config === undefined ? [] : receiversOf(config, "localhost", () => undefined).filter(isOnLocalhost);
        const edits = local.map(({ path, port }) => ({
            keys: [...path.split("."), "endpoint"],
            value: `:${String(port)}`,
        }));
        return local.length === 0 ? [] : [[name, editText(text, edits)] as const];
    });
    if (changed.length === 0 || changed.some(([, text]) => text === undefined)) return undefined;
    return { verb: "merge", kind: "configmap", object: file, patch: { data: Object.fromEntries(changed) } };
}

function isOnLocalhost({ host, port }: { host: string | undefined; port: number | undefined }): boolean {
    return host !== undefined && isLocal(host) && port !== undefined;
}
