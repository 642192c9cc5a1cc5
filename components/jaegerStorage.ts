import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { authorityConfigMap } from "./certificateAuthority";
import { renderDataClaim } from "./render/jaegerWorkload";
import { isSearchStorage, type JaegerStorage, type StorageObjects } from "./storage";

/** Makes what a storage needs beside Jaeger's pod: a volume, or the password and the authority of its server. */
export function storageObjects(
    name: string,
    namespace: pulumi.Input<string>,
    storage: JaegerStorage,
    password: pulumi.Output<string> | undefined,
    parent: pulumi.Resource,
): StorageObjects {
    const objects: StorageObjects = {};
    if (storage.type === "badger") {
        // Never deleted by an update: a claim of another StorageClass takes its place, and the traces stay in this one.
        const options = { parent, retainOnDelete: true };
        const claim = new k8s.core.v1.PersistentVolumeClaim(
            `${name}-data`,
            renderDataClaim(namespace, storage),
            options,
        );
        objects.claim = claim.metadata.name;
    }
    if (password !== undefined) {
        // No fixed name: a new password is a new Secret, and the pod rolls onto it.
        const args = { metadata: { namespace }, stringData: { password } };
        objects.secret = new k8s.core.v1.Secret(`${name}-storage-password`, args, { parent }).metadata.name;
    }
    if (isSearchStorage(storage) && storage.tls !== undefined) {
        objects.authority = authorityConfigMap(`${name}-storage-ca`, { parent }, namespace, storage.tls.ca);
    }
    return objects;
}
