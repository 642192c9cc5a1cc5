import { format } from "oxfmt";

/** A value as inline code in Markdown. */
export function code(value: unknown): string {
    return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** Text with escaped Markdown characters, for paragraphs and table cells. */
export function plain(text: string): string {
    return text.replaceAll("|", "\\|").replaceAll("<", "\\<").replaceAll("*", "\\*");
}

/** A table; cells are Markdown. */
export function table(head: string[], rows: string[][]): string {
    const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
    return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The same text, formatted by the project's formatter. */
export async function pretty(markdown: string): Promise<string> {
    const { code } = await format("page.md", markdown, { tabWidth: 4, printWidth: 120, proseWrap: "always" });
    return code;
}
