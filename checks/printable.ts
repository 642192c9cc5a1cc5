/** Characters that move a terminal's cursor, change its colours, or the order in which text is shown. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Text from elsewhere as one line for a terminal: what would not be shown as it stands is written as its code. */
export function printable(text: string): string {
    return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
