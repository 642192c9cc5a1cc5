import { stringify } from "yaml";

/** `kubectl patch` with a JSON patch. */
export function patchCommand(
    kind: string,
    of: { metadata: { name: string; namespace?: string } },
    patch: unknown,
): string {
    const { name, namespace = "default" } = of.metadata;
    return `kubectl patch ${kind} ${name} -n ${namespace} --type=json -p ${quote(JSON.stringify(patch))}`;
}

/** One word for a shell, whatever is in it. */
export function quote(word: string): string {
    return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `kubectl apply` of an object, written as YAML. */
export function applyCommand(object: object): string {
    return `kubectl apply -f - <<'EOF'\n${toYaml(object).trim()}\nEOF`;
}

/** Text that kubectl and istiod read alike: both take YAML 1.1, where a plain `yes` is no text. */
export function toYaml(object: object): string {
    return stringify(object, { lineWidth: 0, compat: "yaml-1.1" });
}
