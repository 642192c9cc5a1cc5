const SUFFIXES: Record<string, number> = {
    n: 1e-9,
    u: 1e-6,
    m: 1e-3,
    "": 1,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    P: 1e15,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
    Pi: 2 ** 50,
};

/**
 * Converts a Kubernetes quantity to a number (`250m` is 0.25, `1Ki` is 1024); undefined if it is not a quantity.
 *
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): number | undefined {
    const match = /^(\d+(?:\.\d+)?)([a-zA-Z]{0,2})$/.exec(text);
    if (match === null) return undefined;
    const factor = SUFFIXES[match[2] ?? ""];
    const value = Number(match[1]);
    return factor === undefined || !Number.isFinite(value) ? undefined : value * factor;
}

/** True for a number between two bounds, inclusive. */
export function isWithin(value: number | undefined, [minimum, maximum]: readonly [number, number]): boolean {
    return value !== undefined && value >= minimum && value <= maximum;
}
