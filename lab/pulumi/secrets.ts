import type { StackConfig } from "../engine";

/** A text to encrypt, and where it stands in the settings as `pulumi config set --path` has it. */
export interface SecretText {
    path: string;
    text: string;
}

/** The settings as the CLI's stack file has them, without the secret texts, and these by themselves. */
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
        // The secrets of an object stand directly in it, as headers do.
        const others = Object.entries(value).filter(([name, inner]) => {
            if (typeof inner !== "string") return true;
            secrets.push({ path: `${key}[${JSON.stringify(name)}]`, text: inner });
            return false;
        });
        return [[key, Object.fromEntries(others)]];
    });
    return { plain: Object.fromEntries(plain), secrets };
}

/** Objects stand in the CLI's stack file as YAML, everything else as text. */
function parse(text: string): string | object {
    return text.startsWith("{") ? (JSON.parse(text) as object) : text;
}
