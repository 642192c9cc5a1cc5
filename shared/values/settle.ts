/** Waits for all of them, by their names. */
export async function settle<T>(promises: { [Key in keyof T]: Promise<T[Key]> }): Promise<T> {
    const entries = Object.entries<Promise<unknown>>(promises);
    const values = await Promise.all(entries.map(([, promise]) => promise));
    return Object.fromEntries(entries.map(([key], index) => [key, values[index]])) as T;
}
