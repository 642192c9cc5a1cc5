/** Characters that move a terminal's cursor, change its colors, or change the order of text. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Foreign text as one line for a terminal. Characters that a terminal would not show become their codes. */
export function printable(text: string): string {
    return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
