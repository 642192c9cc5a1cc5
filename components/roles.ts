/** The parts of Jaeger that can be Deployments of their own: one receives and stores spans, one serves queries. */
export const JAEGER_ROLES = ["collector", "query"] as const;

/** A part of Jaeger with a Deployment of its own. */
export type JaegerRole = (typeof JAEGER_ROLES)[number];

/** How many pods a role has. */
export interface RoleScale {
    /** Fewest pods, 1 to 50. */
    min: number;
    /** Most pods, 1 to 50. Autoscaled between the two if they differ. */
    max: number;
    /** Average CPU use, in percent of the request, above which pods are added, 10 to 500. */
    cpuPercent: number;
}

/** Jaeger's roles, each with its number of pods. */
export type JaegerRoles = Record<JaegerRole, RoleScale>;

/** True for a role that a HorizontalPodAutoscaler scales. */
export function isAutoscaled({ min, max }: RoleScale): boolean {
    return max > min;
}
