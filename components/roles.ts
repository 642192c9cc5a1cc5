/**
 * The parts of Jaeger that can be Deployments of their own: one receives spans, one stores those that Kafka hands over, one
 * serves queries.
 */
export const JAEGER_ROLES = ["collector", "ingester", "query"] as const;

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
export interface JaegerRoles {
    collector: RoleScale;
    query: RoleScale;
    /** @default none; with Kafka, two pods */
    ingester?: RoleScale;
}

/** A role that exists. */
export interface ScaledRole {
    name: JaegerRole;
    scale: RoleScale;
}

/** The roles that exist, in the order in which a span meets them. */
export function scaledRoles(roles: JaegerRoles): ScaledRole[] {
    return JAEGER_ROLES.flatMap((name) => {
        const scale = roles[name];
        return scale === undefined ? [] : [{ name, scale }];
    });
}

/** True for a role that a HorizontalPodAutoscaler scales. */
export function isAutoscaled({ min, max }: RoleScale): boolean {
    return max > min;
}
