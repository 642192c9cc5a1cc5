/** The phases between the command and the first trace, in order. Each ends with the event in its name. */
export const MILESTONES = {
    firstWrite: "start of the installer, to its first write",
    crds: "Istio's CRDs",
    istiodPod: "istiod's objects, to its pod",
    istiodReady: "istiod's pod, to ready",
    appPods: "what is left before both applications' pods",
    appsRunning: "their pods, to running containers",
    firstRequest: "first joined request",
    visible: "export, to visible in Jaeger",
} as const;

export type Milestone = keyof typeof MILESTONES;

/** When something was first observed, in milliseconds of one clock. */
export type Times = Partial<Record<Milestone, number>>;

/** A phase and its duration. */
export interface Phase {
    name: string;
    seconds: number;
}

/**
 * The time from the start to the last milestone, split into phases. An event after a later milestone has no time of its
 * own. Time until an unobserved milestone counts to the next phase.
 */
export function phases(start: number, times: Times): Phase[] {
    const found: Phase[] = [];
    let before = start;
    for (const [milestone, name] of Object.entries(MILESTONES) as [Milestone, string][]) {
        const at = times[milestone];
        if (at === undefined) continue;
        found.push({ name, seconds: Math.max(0, at - before) / 1000 });
        before = Math.max(before, at);
    }
    return found;
}
