/** Names of one kind in one line. */
export const NAMES = 4;

/** The first few of many, and how many more there are. */
export function enumerate(values: string[], what = ""): string {
    const more = values.length - NAMES;
    const shown = values.slice(0, NAMES).join(", ");
    return more <= 0 ? shown : `${shown} and ${String(more)} more${what === "" ? "" : ` ${what}`}`;
}
