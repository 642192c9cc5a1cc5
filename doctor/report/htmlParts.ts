import { escapeMarkup } from "../../shared/reports/escape";

/** A part of the page under a heading. */
export function section(title: string, content: string): string {
    return `<section><h2>${title}</h2>${content}</section>`;
}

/** Labels and values, row by row; on a phone, one above the other. */
export function list(rows: [string, string][], attributes = ""): string {
    return `<dl${attributes}>${rows.map(([what, value]) => `<dt>${escapeMarkup(what)}</dt><dd>${escapeMarkup(value)}</dd>`).join("")}</dl>`;
}
