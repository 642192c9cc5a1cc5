import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PodPolicy } from "../pods";
import type { SearchStorage, StorageObjects } from "../storage";
import { STORAGE_PATHS } from "./jaegerStorage";
import { renderPodFields } from "./podPolicy";
import { RESTRICTED_CONTAINER, restrictedPod } from "./security";
import { INJECT_LABEL } from "../../shared/names/istio";

/** Labels of the job. Not those of Jaeger's pods, whose Services would select it. */
const LABELS = { app: "jaeger-index-cleaner", "app.kubernetes.io/name": "jaeger-index-cleaner" };

/** User of the image `jaegertracing/jaeger-es-index-cleaner`. */
const USER = 10001;

/** Inputs of {@link renderIndexCleaners}. */
export interface IndexCleanerSpec {
    namespace: pulumi.Input<string>;
    image: string;
    imagePullPolicy: string;
    storage: SearchStorage & { retentionHours: number };
    storageObjects: StorageObjects;
    pods: PodPolicy;
    platformUserIds: boolean;
}

/** The most servers that are asked: when three are away, no job helps. */
const SERVERS = 3;
/** Minutes between two jobs. The second finds nothing to delete if the first has done its work. */
const APART = 20;

/**
 * CronJobs `jaeger-index-cleaner`, `jaeger-index-cleaner-2` and so on, one for each server, since the cleaner takes one
 * alone: they delete indices of days that are over, the first at five past midnight UTC.
 *
 * Source: https://github.com/jaegertracing/jaeger/blob/v2.13.0/cmd/es-index-cleaner/app/flags.go
 */
export function renderIndexCleaners(spec: IndexCleanerSpec): k8s.batch.v1.CronJobArgs[] {
    return spec.storage.serverUrls.slice(0, SERVERS).map((url, index) => renderIndexCleaner(spec, url, index));
}

/** What stands behind the name of the CronJob for a server; nothing for the first. */
export function cleanerSuffix(index: number): string {
    return index === 0 ? "" : `-${String(index + 1)}`;
}

function renderIndexCleaner(spec: IndexCleanerSpec, url: string, index: number): k8s.batch.v1.CronJobArgs {
    const { namespace, pods } = spec;
    const labels = { ...pods.labels, ...LABELS };
    return {
        metadata: { name: `jaeger-index-cleaner${cleanerSuffix(index)}`, namespace, labels },
        spec: {
            ...{ schedule: `${String(5 + APART * index)} 0 * * *`, timeZone: "Etc/UTC", concurrencyPolicy: "Forbid" },
            ...{ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 3, startingDeadlineSeconds: 3600 },
            jobTemplate: {
                spec: {
                    ...{ backoffLimit: 3, activeDeadlineSeconds: 1800 },
                    template: {
                        metadata: { labels: { ...labels, [INJECT_LABEL]: "false" }, annotations: pods.annotations },
                        spec: {
                            ...renderPodFields(pods),
                            securityContext: restrictedPod(USER, spec.platformUserIds),
                            automountServiceAccountToken: false,
                            enableServiceLinks: false,
                            restartPolicy: "Never",
                            containers: [renderContainer(spec, url)],
                            volumes: renderVolumes(spec.storageObjects),
                        },
                    },
                },
            },
        },
    };
}

function renderContainer(spec: IndexCleanerSpec, url: string): k8s.types.input.core.v1.Container {
    const { storage, storageObjects } = spec;
    const size = { memory: "64Mi" };
    return {
        name: "cleaner",
        image: spec.image,
        imagePullPolicy: spec.imagePullPolicy,
        args: [String(daysKept(storage.retentionHours)), url],
        env: renderEnvironment(storage, storageObjects),
        resources: { requests: { cpu: "10m", ...size }, limits: { cpu: "500m", memory: "128Mi" } },
        securityContext: RESTRICTED_CONTAINER,
        ...(storageObjects.authority !== undefined && {
            volumeMounts: [{ name: "storage-ca", mountPath: STORAGE_PATHS.authority, readOnly: true }],
        }),
    };
}

/**
 * The number of days that the cleaner takes. It counts from the next midnight, and from the creation of an index, which
 * is up to a day before that of the last span in it. With one day more, no span is deleted too early.
 */
function daysKept(hours: number): number {
    return hours / 24 + 1;
}

function renderEnvironment(
    { indexPrefix, username, tls }: SearchStorage,
    { secret, authority }: StorageObjects,
): k8s.types.input.core.v1.EnvVar[] {
    const values = {
        INDEX_PREFIX: indexPrefix,
        ES_USERNAME: username,
        ES_TLS_ENABLED: tls && "true",
        ES_TLS_CA: authority === undefined ? undefined : `${STORAGE_PATHS.authority}/ca.crt`,
        ES_TLS_SERVER_NAME: tls?.serverName,
    };
    return [
        ...Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
        ...(secret === undefined
            ? []
            : [{ name: "ES_PASSWORD", valueFrom: { secretKeyRef: { name: secret, key: "password" } } }]),
    ];
}

function renderVolumes({ authority }: StorageObjects): k8s.types.input.core.v1.Volume[] {
    return authority === undefined ? [] : [{ name: "storage-ca", configMap: { name: authority } }];
}
