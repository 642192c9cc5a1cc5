const UNITS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds of a duration as Go writes it, such as `1m30s`; 0 for what is none. */
export function secondsOf(duration: string): number {
    return [...duration.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)].reduce(
        (sum, [, count, unit = ""]) => sum + Number(count) * (UNITS[unit] ?? 0),
        0,
    );
}
