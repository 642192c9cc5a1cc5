import { isPlainObject } from "../../shared/values/plainObjects";

/** Placeholder for a secret in the stack file, which only its passphrase decrypts. */
export const ENCRYPTED = "a-secret-of-the-stack";

/** Settings in which {@link ENCRYPTED} replaces values that `pulumi config set --secret` encrypted. */
export function maskEncrypted(raw: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(raw).map(([key, text]) => [key, maskText(text)]));
}

/** The same for one value. */
export function maskText(text: string): string {
    if (!text.includes('"secure"')) return text;
    let value: unknown;
    try {
        value = mask(JSON.parse(text));
    } catch {
        return text;
    }
    return typeof value === "string" ? value : JSON.stringify(value);
}

function mask(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(mask);
    if (!isPlainObject(value)) return value;
    if (typeof value["secure"] === "string" && Object.keys(value).length === 1) return ENCRYPTED;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mask(part)]));
}
