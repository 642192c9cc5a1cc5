/** A pattern that matches the text itself. Node.js has `RegExp.escape` from version 24 on only. */
export function escapeRegExp(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
