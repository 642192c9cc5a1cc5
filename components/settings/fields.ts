import { isIP } from "node:net";
import { z } from "zod";
import { DEFAULT_CLUSTER_DOMAIN } from "../collector";
import { SIZED_CONTAINERS } from "../resources";
import * as versions from "../versions";
import { COLLECTOR_FIELDS, DEFAULT_ISTIO_NAMESPACE } from "./collectorFields";
import { BOOLEAN, CHOICE_NEXT, decimal, dnsLabel, isHostName, type Field } from "./field";
import { isHub, isPinnedImage, mirroredImage } from "./imageReferences";
import { JAEGER_FIELDS } from "./jaegerFields";
import { MESH_FIELDS } from "./meshFields";
import { isWithin, parseQuantity } from "../../shared/kubernetes/quantities";
import { OWN_NAMESPACE_FIELDS } from "./ownNamespaceFields";
import { POD_FIELDS } from "./podFields";
import { UI_FIELDS } from "./uiFields";

const CPU = "a Kubernetes quantity from 1m to 1000, as text, such as 100m";
const MEMORY = "a Kubernetes quantity from 1Mi to 16Ti, as text, such as 128Mi";
const IMAGE = "an image with a tag or a digest, as text";

function quantity(expected: string, minimum: string, maximum: string): z.ZodString {
    const bounds = [minimum, maximum].map((text) => parseQuantity(text) ?? NaN) as [number, number];
    return z.string({ error: expected }).refine((text) => isWithin(parseQuantity(text), bounds), { error: expected });
}

const imageName = z.string({ error: IMAGE }).refine(isPinnedImage, { error: IMAGE });
/** CPU and memory of a container, each as far as it is given. */
export const RESOURCE_LIST = z.strictObject({
    cpu: quantity(CPU, "1m", "1000").optional(),
    memory: quantity(MEMORY, "1Mi", "16Ti").optional(),
});
const resources = z.strictObject({ requests: RESOURCE_LIST.optional(), limits: RESOURCE_LIST.optional() });

/** The address of charts that anybody may read in the state: what opens it belongs into `helm registry login`. */
function isChartAddress(text: string): boolean {
    if (!URL.canParse(text) || /\s/.test(text)) return false;
    const { protocol, hostname, username, password, search, hash } = new URL(text);
    const known = ["https:", "http:", "oci:"].includes(protocol) && (isHostName(hostname) || isIP(hostname) !== 0);
    return known && [username, password, search, hash].every((part) => part === "");
}

/** A registry by which every default image still has a name of bearable length. */
function isRegistry(text: string): boolean {
    const { ISTIO_HUB, JAEGER_IMAGE, FRONTEND_IMAGE, BACKEND_IMAGE } = versions;
    const mirrored = (image: string): string => mirroredImage(image, text);
    return (
        isHub(mirrored(ISTIO_HUB)) && [JAEGER_IMAGE, FRONTEND_IMAGE, BACKEND_IMAGE].map(mirrored).every(isPinnedImage)
    );
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

/** What 253 characters of a full name leave beside `jaeger-collector.`, a namespace and `.svc.`. */
const LONGEST_DOMAIN = 168;

/** Every setting of the program, in the order in which the documentation lists them. */
export const FIELDS = {
    samplingPercent: {
        expected: "a number from 0 to 100 in steps of 0.01 (percent of new traces)",
        next: "set for example 1 (one request in a hundred), 100 (all) or 0 (no span at all)",
        schema: decimal(0, 100, 2),
        default: "1",
    },
    ...COLLECTOR_FIELDS,
    ...UI_FIELDS,
    istioVersion: {
        expected: "an Istio release as MAJOR.MINOR.PATCH, 1.28.0 or newer",
        next: `leave it out for ${versions.ISTIO_VERSION}, or look one up at https://istio.io/latest/news/releases/`,
        schema: z
            .string()
            .regex(/^1\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})(-[a-z0-9]+(\.[a-z0-9]+)*)?$/)
            .refine((text) => Number(text.split(".")[1]) >= 28),
        default: versions.ISTIO_VERSION,
    },
    istioChartSource: {
        expected:
            "a Helm repository (https://...) or an OCI registry (oci://...), without user name, password and query, " +
            "or a folder that holds base/ and istiod/",
        next: `leave it out for ${versions.ISTIO_CHART_SOURCE}, or name a mirror of yours`,
        schema: z.string().refine((text) => text !== "" && (!text.includes("://") || isChartAddress(text))),
        default: versions.ISTIO_CHART_SOURCE,
    },
    istioHub: {
        expected: "registry and folder of Istio's images, without scheme and tag",
        next: `leave it out for ${versions.ISTIO_HUB}, or write it like registry.example.com/istio`,
        schema: z.string().refine(isHub),
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
        schema: z.string().refine((text) => text === "" || isRegistry(text)),
        default: "",
    },
    imagePullPolicy: {
        expected: "IfNotPresent, Always or Never",
        next: CHOICE_NEXT,
        schema: z.enum(["IfNotPresent", "Always", "Never"]),
        default: "IfNotPresent",
    },
    istioNamespace: { ...NAMESPACE, schema: namespace(), default: DEFAULT_ISTIO_NAMESPACE },
    demoNamespace: { ...NAMESPACE, schema: namespace(), default: "demo" },
    ...MESH_FIELDS,
    clusterDomain: {
        expected: `the cluster's DNS domain, at most ${String(LONGEST_DOMAIN)} characters`,
        next: "leave it out for cluster.local, or write what your kubelets have as clusterDomain",
        schema: z.string().max(LONGEST_DOMAIN).refine(isHostName),
        default: DEFAULT_CLUSTER_DOMAIN,
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
    ...JAEGER_FIELDS,
    resources: {
        expected:
            `an object with ${SIZED_CONTAINERS.join(", ")}, each with requests and limits of cpu and memory ` +
            "as Kubernetes quantities",
        next: 'write it like jaeger: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } }',
        schema: z.strictObject(
            Object.fromEntries(SIZED_CONTAINERS.map((name) => [name, resources.optional()])) as Record<
                (typeof SIZED_CONTAINERS)[number],
                z.ZodOptional<typeof resources>
            >,
        ),
        default: {},
    },
    ...OWN_NAMESPACE_FIELDS,
    ...POD_FIELDS,
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
        schema: BOOLEAN,
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
    "ui",
    "uiBasicAuth",
    "jaegerStorage",
    "jaegerConfig",
    "images",
    "namespaces",
    "istiodReplicas",
    "resources",
    "ownNamespaces",
    "pods",
    "istiodValues",
];
