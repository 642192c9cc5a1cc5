/** Whether a release, such as `1.31.1`, is of a line or of a newer one. */
export function atLeast(version: string, major: number, minor: number): boolean {
    const [gotMajor = 0, gotMinor = 0] = version.split(".").map(Number);
    return gotMajor > major || (gotMajor === major && gotMinor >= minor);
}
