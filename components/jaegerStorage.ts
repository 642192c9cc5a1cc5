import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { authorityConfigMap } from "./certificateAuthority";
import type { Kafka } from "./kafka";
import { cleanerSuffix, renderIndexCleaners, type IndexCleanerSpec } from "./render/jaegerRetention";
import { renderDataClaim } from "./render/jaegerWorkload";
import type { KafkaObjects } from "./render/jaegerVolumes";
import { isSearchStorage, isServerStorage, type JaegerStorage, type StorageObjects } from "./storage";

/**
 * Creates the objects that a storage needs in addition to Jaeger's pod: a volume, or the password and the authority of
 * its server.
 */
export function storageObjects(
    name: string,
    namespace: pulumi.Input<string>,
    storage: JaegerStorage,
    password: pulumi.Output<string> | undefined,
    parent: pulumi.Resource,
): StorageObjects {
    const objects: StorageObjects = {};
    if (storage.type === "badger") {
        // No update deletes it: a claim of another StorageClass replaces it, and this one keeps its traces.
        const options = { parent, retainOnDelete: true };
        const claim = new k8s.core.v1.PersistentVolumeClaim(
            `${name}-data`,
            renderDataClaim(namespace, storage),
            options,
        );
        objects.claim = claim.metadata.name;
    }
    if (password !== undefined) {
        // No fixed name: a new password creates a new Secret and restarts the pod.
        const args = { metadata: { namespace }, stringData: { password } };
        objects.secret = new k8s.core.v1.Secret(`${name}-storage-password`, args, { parent }).metadata.name;
    }
    if (isServerStorage(storage) && storage.tls !== undefined) {
        objects.authority = authorityConfigMap(`${name}-storage-ca`, { parent }, namespace, storage.tls.ca);
    }
    return objects;
}

/** Creates the objects that a login for Kafka needs: the password, and the authority of its certificate. */
export function kafkaObjects(
    name: string,
    namespace: pulumi.Input<string>,
    { tls }: Kafka,
    password: pulumi.Output<string> | undefined,
    parent: pulumi.Resource,
): KafkaObjects {
    const objects: KafkaObjects = {};
    if (password !== undefined) {
        // No fixed name: a new password creates a new Secret and restarts the pods.
        const args = { metadata: { namespace }, stringData: { password } };
        objects.secret = new k8s.core.v1.Secret(`${name}-kafka-password`, args, { parent }).metadata.name;
    }
    if (tls !== undefined) objects.authority = authorityConfigMap(`${name}-kafka-ca`, { parent }, namespace, tls.ca);
    return objects;
}

/** Creates the CronJobs that delete old indices of a search engine, one for each server, if there is a retention. */
export function indexCleaner(
    name: string,
    spec: Omit<IndexCleanerSpec, "storage"> & { storage: JaegerStorage },
    parent: pulumi.Resource,
): void {
    const { storage } = spec;
    if (!isSearchStorage(storage) || storage.retentionHours === undefined) return;
    const { retentionHours } = storage;
    const jobs = renderIndexCleaners({ ...spec, storage: { ...storage, retentionHours } });
    jobs.forEach((job, index) => {
        new k8s.batch.v1.CronJob(`${name}-index-cleaner${cleanerSuffix(index)}`, job, { parent });
    });
}
