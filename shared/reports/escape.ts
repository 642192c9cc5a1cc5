const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

/** Escapes text for XML and HTML, in an attribute or between tags, because a cluster's answers can contain anything. */
export function escapeMarkup(text: string): string {
    return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
