import { z } from "zod";
import { DEFAULT_CLUSTER_DOMAIN } from "../collector";
import { SIZED_CONTAINERS } from "../resources";
import * as versions from "../versions";
import { COLLECTOR_FIELDS } from "./collectorFields";
import { DEMO_FIELDS } from "./demoFields";
import { DOCTOR_FIELDS } from "./doctorFields";
import { BOOLEAN, CHOICE_NEXT, decimal, isHostName, type Field } from "./field";
import { isHub, isPinnedImage, mirroredImage } from "./imageReferences";
import { ISTIO_FIELDS } from "./istioFields";
import { JAEGER_FIELDS } from "./jaegerFields";
import { METRICS_FIELDS } from "./metricsFields";
import { NAMESPACES_FIELDS } from "./namespacesFields";
import { isWithin, parseQuantity } from "../../shared/kubernetes/quantities";
import { OWN_NAMESPACE_FIELDS } from "./ownNamespaceFields";
import { POD_FIELDS } from "./podFields";
import { TIER_FIELDS } from "./tierFields";
import { UI_FIELDS } from "./uiFields";

const CPU = "a Kubernetes quantity from 1m to 1000, as text, such as 100m";
const MEMORY = "a Kubernetes quantity from 1Mi to 16Ti, as text, such as 128Mi";
const IMAGE = "an image with a tag or a digest, as text";

function quantity(expected: string, minimum: string, maximum: string): z.ZodString {
    const bounds = [minimum, maximum].map((text) => parseQuantity(text) ?? NaN) as [number, number];
    return z.string({ error: expected }).refine((text) => isWithin(parseQuantity(text), bounds), { error: expected });
}

/** The same, or a whole number, as which `pulumi config set --path` writes one. */
function typedQuantity(expected: string, text: z.ZodString): z.ZodType<string> {
    return z.union([z.number(), z.string()], { error: expected }).transform(String).pipe(text);
}

const imageName = z.string({ error: IMAGE }).refine(isPinnedImage, { error: IMAGE });
/** CPU and memory of a container, each as far as it is given. */
export const RESOURCE_LIST = z.strictObject({
    cpu: quantity(CPU, "1m", "1000").optional(),
    memory: quantity(MEMORY, "1Mi", "16Ti").optional(),
});
const resourceList = z.strictObject({
    cpu: typedQuantity(CPU, RESOURCE_LIST.shape.cpu.unwrap()).optional(),
    memory: typedQuantity(MEMORY, RESOURCE_LIST.shape.memory.unwrap()).optional(),
});
const resources = z.strictObject({ requests: resourceList.optional(), limits: resourceList.optional() });

/** A registry by which every default image still has a name of bearable length. */
function isRegistry(text: string): boolean {
    const { ISTIO_HUB, JAEGER_IMAGE, INDEX_CLEANER_IMAGE, PROMETHEUS_IMAGE, COLLECTOR_IMAGE } = versions;
    const { FRONTEND_IMAGE, BACKEND_IMAGE } = versions;
    const mirrored = (image: string): string => mirroredImage(image, text);
    const own = [JAEGER_IMAGE, INDEX_CLEANER_IMAGE, PROMETHEUS_IMAGE, COLLECTOR_IMAGE];
    const images = [...own, FRONTEND_IMAGE, BACKEND_IMAGE];
    return isHub(mirrored(ISTIO_HUB)) && images.map(mirrored).every(isPinnedImage);
}

/** What 253 characters of a full name leave beside `jaeger-collector.`, a namespace and `.svc.`. */
const LONGEST_DOMAIN = 168;

/** Every setting of the program, in the order in which the documentation lists them. */
export const FIELDS = {
    samplingPercent: {
        expected: "a number from 0 to 100 in steps of 0.01 (percent of new traces)",
        next: "set for example 1 (one request in a hundred), 100 (all) or 0 (no spans)",
        schema: decimal(0, 100, 2),
        default: "1",
    },
    ...COLLECTOR_FIELDS,
    ...UI_FIELDS,
    ...ISTIO_FIELDS,
    images: {
        expected:
            "an object with jaeger, indexCleaner, prometheus, collector, frontend, backend, each an image with a tag or a digest",
        next: `write an image like ${versions.JAEGER_IMAGE}`,
        schema: z.strictObject({
            jaeger: imageName.optional(),
            indexCleaner: imageName.optional(),
            prometheus: imageName.optional(),
            collector: imageName.optional(),
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
    ...DEMO_FIELDS,
    ...NAMESPACES_FIELDS,
    clusterDomain: {
        expected: `the cluster's DNS domain, at most ${String(LONGEST_DOMAIN)} characters`,
        next: "leave it out for cluster.local, or write the clusterDomain of your kubelets",
        schema: z.string().max(LONGEST_DOMAIN).refine(isHostName),
        default: DEFAULT_CLUSTER_DOMAIN,
    },
    ...JAEGER_FIELDS,
    ...METRICS_FIELDS,
    ...TIER_FIELDS,
    ...DOCTOR_FIELDS,
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
        expected:
            "true (a failed install or upgrade is rolled back) or false (it stays as it is, so that you can examine " +
            "it)",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "false",
    },
} as const satisfies Record<string, Field>;

/** Name of a setting, as a path of the configuration. */
export type SettingKey = keyof typeof FIELDS;

/** Settings whose value is an object; the configuration contains a separate setting as JSON. */
export const OBJECT_KEYS: readonly SettingKey[] = [
    "collector.tls",
    "collectorHeaders",
    "ui",
    "uiBasicAuth",
    "istio.adopted",
    "istio.chartAccess",
    "istio.revisionTags",
    "istio.replicas",
    "istio.cni",
    "istio.values",
    "images",
    "namespaces",
    "jaeger.storage",
    "jaeger.roles",
    "jaeger.kafka",
    "jaeger.config",
    "metrics.operatorLabels",
    "metrics.dashboardLabels",
    "collectorTier.keep",
    "collectorTier.routers",
    "collectorTier.backends",
    "collectorTier.exclude",
    "collectorTier.redact",
    "collectorTier.resourceAttributes",
    "collectorTier.expected",
    "collectorTierHeaders",
    "resources",
    "ownNamespaces",
    "pods",
];
