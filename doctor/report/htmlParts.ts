/** A part of the page under a heading. */
export function section(title: string, content: string): string {
    return `<section><h2>${title}</h2>${content}</section>`;
}

/** What something is, and its value, row by row; on a phone one above the other. */
export function list(rows: [string, string][], attributes = ""): string {
    return `<dl${attributes}>${rows.map(([what, value]) => `<dt>${escape(what)}</dt><dd>${escape(value)}</dd>`).join("")}</dl>`;
}

/** What a cluster answers may hold anything. */
export function escape(text: string): string {
    const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
    return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
