/** Lines of context around a change. */
const CONTEXT = 2;

/** What differs between two texts, line by line: `- ` removed, `+ ` added, and two lines around each change. */
export function difference(before: string, after: string): string[] {
    const left = before.split(/\r?\n/);
    const right = after.split(/\r?\n/);
    const lines = aligned(left, right);
    const near = (index: number): boolean =>
        lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some((line) => !line.startsWith("  "));
    return lines.filter((_, index) => near(index));
}

/** Every line of both, by their longest common subsequence. */
function aligned(left: string[], right: string[]): string[] {
    const width = right.length + 1;
    const common = new Uint32Array((left.length + 1) * width);
    const length = (row: number, column: number): number => common[row * width + column] ?? 0;
    for (let row = left.length - 1; row >= 0; row--)
        for (let column = right.length - 1; column >= 0; column--)
            common[row * width + column] =
                left[row] === right[column]
                    ? length(row + 1, column + 1) + 1
                    : Math.max(length(row + 1, column), length(row, column + 1));
    const lines: string[] = [];
    let [row, column] = [0, 0];
    while (row < left.length || column < right.length) {
        if (row < left.length && column < right.length && left[row] === right[column]) {
            lines.push(`  ${left[row] ?? ""}`);
            row++;
            column++;
        } else if (
            column >= right.length ||
            (row < left.length && length(row + 1, column) >= length(row, column + 1))
        ) {
            lines.push(`- ${left[row++] ?? ""}`);
        } else {
            lines.push(`+ ${right[column++] ?? ""}`);
        }
    }
    return lines;
}
