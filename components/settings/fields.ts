import { z } from "zod";
import { SIZED_CONTAINERS } from "../resources";
import * as versions from "../versions";
import { COLLECTOR_FIELDS } from "./collectorFields";
import { BOOLEAN, CHOICE_NEXT, dnsName, type Field } from "./field";
import { parseQuantity } from "./quantities";

const QUANTITY = "a Kubernetes quantity above 0, as text, such as 100m or 128Mi";
const IMAGE = "an image with a tag or a digest, as text";

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const hub = /^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9._-]+)*$/;
const image =
    /^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/;

const quantity = z.string({ error: QUANTITY }).refine((text) => (parseQuantity(text) ?? 0) > 0, { error: QUANTITY });
const imageName = z.string({ error: IMAGE }).regex(image, { error: IMAGE });
const resourceList = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() });
const resources = z.strictObject({ requests: resourceList.optional(), limits: resourceList.optional() });

/** A decimal number between bounds with at most so many decimals, as digits only: no sign, exponent or blank. */
function decimal(minimum: number, maximum: number, decimals: number): z.ZodType<number> {
    const whole = "(0|[1-9]\\d{0,8})";
    const form = new RegExp(decimals === 0 ? `^${whole}$` : `^${whole}(\\.\\d{1,${String(decimals)}})?$`);
    return z
        .string()
        .regex(form)
        .transform(Number)
        .refine((value) => value >= minimum && value <= maximum);
}

function namespace(): z.ZodType<string> {
    return z
        .string()
        .regex(dnsLabel)
        .refine((name) => !name.startsWith("kube-") && name !== "default");
}

const NAMESPACE = {
    expected:
        "a namespace of its own: 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit, " +
        'not "default" and not starting with "kube-"',
    next: "choose a name that no other team's namespace has; the program creates and owns it",
};

/** Every setting of the program, in the order in which the documentation lists them. */
export const FIELDS = {
    samplingPercent: {
        expected: "a number from 0 to 100 in steps of 0.01 (percent of new traces)",
        next: "set for example 1 (one request in a hundred), 100 (all) or 0 (no span at all)",
        schema: decimal(0, 100, 2),
        default: "1",
    },
    ...COLLECTOR_FIELDS,
    istioVersion: {
        expected: "an Istio release as MAJOR.MINOR.PATCH, 1.28.0 or newer",
        next: `leave it out for ${versions.ISTIO_VERSION}, or look one up at https://istio.io/latest/news/releases/`,
        schema: z
            .string()
            .regex(/^1\.\d{1,3}\.\d{1,3}(-[a-z0-9.]+)?$/)
            .refine((text) => Number(text.split(".")[1]) >= 28),
        default: versions.ISTIO_VERSION,
    },
    istioChartSource: {
        expected:
            "a Helm repository (https://...), an OCI registry (oci://...), or a folder that holds base/ and istiod/",
        next: `leave it out for ${versions.ISTIO_CHART_SOURCE}, or name a mirror of yours`,
        schema: z
            .string()
            .refine((text) => text !== "" && (!text.includes("://") || /^(https?|oci):\/\/\S+$/.test(text))),
        default: versions.ISTIO_CHART_SOURCE,
    },
    istioHub: {
        expected: "registry and folder of Istio's images, without scheme and tag",
        next: `leave it out for ${versions.ISTIO_HUB}, or write it like registry.example.com/istio`,
        schema: z.string().regex(hub),
        default: versions.ISTIO_HUB,
    },
    images: {
        expected: "an object with jaeger, frontend, backend, each an image with a tag or a digest",
        next: `write an image like ${versions.JAEGER_IMAGE}`,
        schema: z.strictObject({
            jaeger: imageName.optional(),
            frontend: imageName.optional(),
            backend: imageName.optional(),
        }),
        default: {},
    },
    imageRegistry: {
        expected: "a registry that mirrors docker.io, without scheme, or nothing",
        next: "write it like mirror.example.com/docker.io; it replaces docker.io in every image left at its default",
        schema: z.string().refine((text) => text === "" || hub.test(text)),
        default: "",
    },
    imagePullPolicy: {
        expected: "IfNotPresent, Always or Never",
        next: CHOICE_NEXT,
        schema: z.enum(["IfNotPresent", "Always", "Never"]),
        default: "IfNotPresent",
    },
    istioNamespace: { ...NAMESPACE, schema: namespace(), default: "istio-system" },
    demoNamespace: { ...NAMESPACE, schema: namespace(), default: "demo" },
    clusterDomain: {
        expected: "the cluster's DNS domain",
        next: "leave it out for cluster.local, or write what your kubelets have as clusterDomain",
        schema: z.string().max(200).regex(dnsName),
        default: "cluster.local",
    },
    frontendTraceContext: {
        expected: "client (the frontend sends a fresh sampled context) or mesh (the first sidecar starts the trace)",
        next: CHOICE_NEXT,
        schema: z.enum(["client", "mesh"]),
        default: "client",
    },
    frontendIntervalSeconds: {
        expected: "a number from 0.1 to 3600 in steps of 0.1 (seconds between two requests)",
        next: "set for example 5",
        schema: decimal(0.1, 3600, 1),
        default: "5",
    },
    jaegerMaxTraces: {
        expected: "a whole number from 100 to 10000000 (traces kept in memory before the oldest is dropped)",
        next: "set for example 20000; plan about 10 KiB of memory for a trace of five spans",
        schema: decimal(100, 10_000_000, 0),
        default: "20000",
    },
    resources: {
        expected:
            `an object with ${SIZED_CONTAINERS.join(", ")}, each with requests and limits of cpu and memory ` +
            "as Kubernetes quantities above 0",
        next: 'write it like jaeger: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } }',
        schema: z.strictObject(
            Object.fromEntries(SIZED_CONTAINERS.map((name) => [name, resources.optional()])) as Record<
                (typeof SIZED_CONTAINERS)[number],
                z.ZodOptional<typeof resources>
            >,
        ),
        default: {},
    },
    readyTimeoutSeconds: {
        expected: "a whole number from 10 to 3600 (seconds that a chart or a workload may take to become ready)",
        next: "set for example 300",
        schema: decimal(10, 3600, 0),
        default: "300",
    },
    helmAtomic: {
        expected: "true (a failed install or upgrade is rolled back) or false (it is left for you to look at)",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "false",
    },
    keepCrds: {
        expected: "true (npm run cleanup leaves Istio's CRDs) or false (it removes them when nobody uses them)",
        next: CHOICE_NEXT,
        schema: z.enum(["true", "false"]).transform((text) => text === "true"),
        default: "true",
    },
    istiodValues: {
        expected: "an object of further values of Istio's istiod chart that contradict no setting",
        next: "see https://istio.io/latest/docs/setup/install/helm/ for the chart's values",
        schema: z.record(z.string(), z.unknown()),
        default: {},
    },
} as const satisfies Record<string, Field>;

/** Name of a setting. */
export type SettingKey = keyof typeof FIELDS;

/** Settings whose value is an object; in the configuration they stand as JSON. */
export const OBJECT_KEYS: readonly SettingKey[] = [
    "collectorHeaders",
    "collectorTls",
    "images",
    "resources",
    "istiodValues",
];
