import { isPlainObject } from "../../shared/values/plainObjects";

/** Stands for a secret of the stack file, which only its passphrase opens. */
export const SEALED = "a-secret-of-the-stack";

/** Settings in which {@link SEALED} replaces what `pulumi config set --secret` has encrypted. */
export function sealSecrets(raw: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(raw).map(([key, text]) => [key, sealText(text)]));
}

/** The same for one value. */
export function sealText(text: string): string {
    if (!text.includes('"secure"')) return text;
    let value: unknown;
    try {
        value = seal(JSON.parse(text));
    } catch {
        return text;
    }
    return typeof value === "string" ? value : JSON.stringify(value);
}

function seal(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(seal);
    if (!isPlainObject(value)) return value;
    if (typeof value["secure"] === "string" && Object.keys(value).length === 1) return SEALED;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, seal(part)]));
}
