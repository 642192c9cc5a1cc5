import { structuredPatch } from "diff";

/** Lines of context around a change. */
const CONTEXT = 2;

/** The differences between two texts, by line: `- ` removed, `+ ` added, and two lines around each change. */
export function difference(before: string, after: string): string[] {
    const [left, right] = [before, after].map((text) => text.replaceAll("\r\n", "\n"));
    const { hunks } = structuredPatch("", "", left ?? "", right ?? "", "", "", { context: CONTEXT });
    const lines = hunks.flatMap((hunk) => hunk.lines).filter((line) => !line.startsWith("\\"));
    return lines.map((line) => `${line.slice(0, 1)} ${line.slice(1)}`);
}
