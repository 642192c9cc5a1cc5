import type { LeftoverCounts } from "./inventory";

/** The metrics of each subject. */
export const METRICS = {
    noop: { metric: "no-op up", unit: "s" },
    noopMemory: { metric: "memory of a no-op up", unit: "MiB" },
    preview: { metric: "preview", unit: "s" },
    previewMemory: { metric: "memory of a preview", unit: "MiB" },
    checkpoint: { metric: "checkpoint", unit: "KiB" },
    destroy: { metric: "destroy", unit: "s" },
} as const;

/** The metric of a program, with any Pulumi. */
export const BOOT = { metric: "boot of the program", unit: "s" } as const;

export const LEFT = { metric: "left after destroy", unit: "objects" } as const;
export const LEFT_AFTER_CLEANUP = { metric: "left after destroy and npm run cleanup", unit: "objects" } as const;

/** Names of the remaining objects. */
export const LEFT_KINDS: Record<keyof LeftoverCounts, string> = {
    crds: "CRDs",
    configMaps: "ConfigMaps",
    others: "other objects",
};
