import { z } from "zod";
import type { JaegerRoles, RoleScale } from "../roles";
import { numeric, type Field } from "./field";

const PODS = "a whole number from 1 to 50 (pods of the role)";
const CPU = "a whole number from 10 to 500 (percent of the requested CPU)";
const ORDER = "at least min";

const pods = numeric(/^[1-9]\d?$/, 1, 50, PODS);
const cpuPercent = numeric(/^[1-9]\d{1,2}$/, 10, 500, CPU);

const DEFAULT_MIN = 2;
const DEFAULT_CPU = 75;

/** The pods of a role of which nothing is said. */
export const PRESET_SCALE: RoleScale = { min: DEFAULT_MIN, max: DEFAULT_MIN, cpuPercent: DEFAULT_CPU };

const scale = z
    .strictObject({ min: pods.optional(), max: pods.optional(), cpuPercent: cpuPercent.optional() })
    .superRefine(({ min = DEFAULT_MIN, max = min }, context) => {
        if (max < min) context.addIssue({ code: "custom", path: ["max"], message: ORDER });
    });

/** Jaeger's collector, ingester and query server as Deployments of their own. */
export const ROLES_FIELDS = {
    "jaeger.roles": {
        meaning:
            "Runs `collector` and `query`, and `ingester` with `jaeger.kafka`, as separate Deployments, each with " +
            "`min` to `max` pods (2), autoscaled by CPU if the two differ. Needs a storage that several Jaeger pods " +
            "can share.",
        expected:
            "an object with collector, query and, with Kafka, ingester, each with min, max (pods, 1 to 50) and cpuPercent " +
            "(10 to 500), or {} for one pod with all roles",
        next: "write it like { collector: { min: 2, max: 6, cpuPercent: 75 }, query: { min: 2 } }",
        schema: z
            .strictObject({ collector: scale.optional(), query: scale.optional(), ingester: scale.optional() })
            .transform(({ collector, query, ingester }): JaegerRoles | undefined =>
                collector === undefined && query === undefined && ingester === undefined
                    ? undefined
                    : {
                          ...{ collector: complete(collector), query: complete(query) },
                          ...(ingester && { ingester: complete(ingester) }),
                      },
            ),
        default: {},
    },
} as const satisfies Record<string, Field>;

function complete({
    min = DEFAULT_MIN,
    max = min,
    cpuPercent: percent = DEFAULT_CPU,
}: z.infer<typeof scale> = {}): RoleScale {
    return { min, max, cpuPercent: percent };
}
