import type { StackConfig } from "../engine";

/** A text to encrypt, and its path for `pulumi config set --path`. */
export interface SecretText {
    path: string;
    text: string;
}

/** The settings for the CLI's stack file without secret texts, and these texts separately. */
export function splitSecrets({ config, secretKeys }: Pick<StackConfig, "config" | "secretKeys">): {
    plain: Record<string, unknown>;
    secrets: SecretText[];
} {
    const secrets: SecretText[] = [];
    const plain = Object.entries(config).flatMap(([key, text]): [string, unknown][] => {
        const value = parse(text);
        if (!secretKeys.includes(key)) return [[key, value]];
        if (typeof value === "string") {
            if (!key.endsWith("Password")) return [[key, value]];
            secrets.push({ path: key, text: value });
            return [];
        }
        // The secrets of an object are direct fields of it, like headers.
        const others = Object.entries(value).filter(([name, inner]) => {
            if (typeof inner !== "string") return true;
            secrets.push({ path: `${key}[${JSON.stringify(name)}]`, text: inner });
            return false;
        });
        return [[key, Object.fromEntries(others)]];
    });
    return { plain: Object.fromEntries(plain), secrets };
}

/** In the CLI's stack file, objects are YAML and everything else is text. */
function parse(text: string): string | object {
    return text.startsWith("{") ? (JSON.parse(text) as object) : text;
}
