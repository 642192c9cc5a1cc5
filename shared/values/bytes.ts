/** A number of bytes for people, such as `8 MiB`. */
export function showBytes(bytes: number): string {
    const power = [2, 1].find((one) => bytes >= 1024 ** one) ?? 0;
    return `${String(Math.round(bytes / 1024 ** power))} ${["B", "KiB", "MiB"][power] ?? ""}`;
}
