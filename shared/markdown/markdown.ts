import { format } from "prettier";

/** A value as Markdown shows code. */
export function code(value: unknown): string {
    return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** Text with the signs escaped that would mean something in Markdown, also in the cell of a table. */
export function plain(text: string): string {
    return text.replaceAll("|", "\\|").replaceAll("<", "\\<").replaceAll("*", "\\*");
}

/** A table; cells are Markdown. */
export function table(head: string[], rows: string[][]): string {
    const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
    return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The same in the form that the project's formatter leaves as it is. */
export function pretty(markdown: string): Promise<string> {
    return format(markdown, { parser: "markdown", tabWidth: 4, printWidth: 120, proseWrap: "always" });
}
