import type { PodObject } from "../../shared/kubernetes/objects";
import { CONFIG_MAP } from "../../shared/kubernetes/shapes";
import type { Access } from "../connection/access";

/** Common base paths of Jaeger. */
const USUAL = ["", "/jaeger"];
/** Matches the YAML and JSON of Jaeger 2, its `--set`, and the flags and environment of Jaeger 1. */
const SETTING = /base[._-]path["']?\s*[:= ]\s*["']?(\/[\w./~-]+)/gi;

/** Paths below which a pod may serve Jaeger's query API: from its configuration, then the common ones. */
export async function basePathsOf(access: Access, pod: PodObject | undefined): Promise<string[]> {
    if (pod === undefined) return USUAL;
    const containers = pod.spec?.containers ?? [];
    const said = containers.flatMap(({ args = [], env = [] }) => [
        ...args,
        ...env.map(({ name, value = "" }) => `${name}=${value}`),
    ]);
    const names = (pod.spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
    const maps = await Promise.all(
        names.map((name) => access.get(`/api/v1/namespaces/${pod.metadata.namespace ?? ""}/configmaps/${name}`)),
    );
    const configured = maps.flatMap((fact) =>
        "value" in fact ? Object.values(CONFIG_MAP(fact.value)?.data ?? {}) : [],
    );
    return [...new Set([...findBasePaths([...said, ...configured].join("\n")), ...USUAL])];
}

/** Every base path that a text sets. */
export function findBasePaths(text: string): string[] {
    return [...text.matchAll(SETTING)].flatMap(([, path]) => path?.replace(/\/+$/, "") ?? []);
}
