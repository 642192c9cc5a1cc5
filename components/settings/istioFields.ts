import { z } from "zod";
import * as versions from "../versions";
import { ADOPTED_FIELDS } from "./adoptedFields";
import { CHART_ACCESS_SCHEMA, CHART_PASSWORD, isChartAddress } from "./chartAccess";
import { CNI_FIELDS } from "./cniFields";
import { EXISTING_MESH_FIELDS } from "./existingMeshFields";
import { BOOLEAN, CHOICE_NEXT, numeric, OWN_NAMESPACE, type Field } from "./field";
import { isHub } from "./imageReferences";
import { REVISION_FIELDS } from "./revisionFields";

const REPLICAS = "a whole number from 1 to 50 (copies of istiod)";
const copies = numeric(/^[1-9]\d?$/, 1, 50, REPLICAS);

/** The settings of Istio's control plane. */
export const ISTIO_FIELDS = {
    ...EXISTING_MESH_FIELDS,
    ...ADOPTED_FIELDS,
    "istio.version": {
        meaning:
            "Istio release, MAJOR.MINOR.PATCH. The tests cover the " +
            `${versions.PROVEN_ISTIO_LINE} line; other lines give a warning.`,
        expected: "an Istio release as MAJOR.MINOR.PATCH, 1.28.0 or newer",
        next: `leave it out for ${versions.ISTIO_VERSION}, or look one up at https://istio.io/latest/news/releases/`,
        schema: z
            .string()
            .regex(/^1\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})(-[a-z0-9]+(\.[a-z0-9]+)*)?$/)
            .refine((text) => Number(text.split(".")[1]) >= 28),
        default: versions.ISTIO_VERSION,
    },
    "istio.chartSource": {
        meaning:
            "Source of Istio's charts: a Helm repository (https://), an OCI registry (oci://), or a folder with base/ and " +
            "istiod/.",
        expected:
            "a Helm repository (https://...) or an OCI registry (oci://...), without user name, password and query, " +
            "or a folder that holds base/ and istiod/",
        next:
            `leave it out for ${versions.ISTIO_CHART_SOURCE}, or name your own mirror; its login goes into ` +
            "istio.chartAccess and istioChartPassword",
        schema: z.string().refine((text) => text !== "" && (!text.includes("://") || isChartAddress(text))),
        default: versions.ISTIO_CHART_SOURCE,
    },
    "istio.chartAccess": {
        meaning:
            "Access to the repository of Istio's charts: `username`, whose password is istioChartPassword, " +
            "and `caFile`, if no public authority has signed its certificate.",
        expected: "an object with username, caFile or both, or {}",
        next: "write it like { username: reader, caFile: ./company-ca.pem }; the password goes into istioChartPassword",
        schema: CHART_ACCESS_SCHEMA,
        default: {},
    },
    istioChartPassword: {
        ...CHART_PASSWORD,
        next: "set it with: pulumi config set --secret istioChartPassword",
        default: "",
        secret: true,
        encrypted: true,
    },
    "istio.hub": {
        meaning: "Registry and path of Istio's images.",
        expected: "registry and folder of Istio's images, without scheme and tag",
        next: `leave it out for ${versions.ISTIO_HUB}, or write it like registry.example.com/istio`,
        schema: z.string().refine(isHub),
        default: versions.ISTIO_HUB,
    },
    "istio.namespace": {
        meaning:
            "Namespace of istiod and Jaeger. The program creates it, unless `istio.install` is false or " +
            "`ownNamespaces.istio.existing` is true.",
        ...OWN_NAMESPACE,
        default: "istio-system",
    },
    ...REVISION_FIELDS,
    "istio.replicas": {
        meaning:
            "Number of istiod replicas, `min` and `max`. The default is 1 to 5, autoscaled. With `min` 2 or more, replicas " +
            "spread over nodes and a PodDisruptionBudget keeps one of them.",
        expected: "an object with min and max, each a whole number from 1 to 50 (copies of istiod), or {}",
        next: "write it like { min: 2, max: 5 }; the same number for both turns off autoscaling",
        schema: z
            .strictObject({ min: copies.optional(), max: copies.optional() })
            .transform(({ min = 1, max = Math.max(min, 5) }) => ({ min, max })),
        default: {},
    },
    "istio.mtlsMode": {
        meaning: "STRICT makes every sidecar reject traffic without mutual TLS; PERMISSIVE accepts plain text too.",
        expected: "PERMISSIVE (sidecars accept plain text too) or STRICT (they accept only mutual TLS)",
        next: CHOICE_NEXT,
        schema: z.enum(["PERMISSIVE", "STRICT"]),
        default: "PERMISSIVE",
    },
    "istio.keepCrds": {
        meaning:
            "Whether npm run cleanup keeps Istio's CRDs after a destroy (`true`), or removes them if no object of their " +
            "kinds is left (`false`).",
        expected: "true (npm run cleanup leaves Istio's CRDs) or false (it removes them when nobody uses them)",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "true",
    },
    ...CNI_FIELDS,
    "istio.values": {
        meaning: "Additional values for Istio's istiod chart, merged last. They must not contradict a setting.",
        expected: "an object of additional values for Istio's istiod chart that contradict no setting",
        next: "see https://istio.io/latest/docs/setup/install/helm/ for the chart's values",
        schema: z.record(z.string(), z.unknown()),
        default: {},
    },
} as const satisfies Record<string, Field>;
