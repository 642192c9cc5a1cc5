import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { JaegerRole } from "../roles";
import type { StorageObjects } from "../storage";
import { USERS_FOLDER, type AccessRules } from "./accessRules";
import { KAFKA_PATHS } from "./jaegerKafka";
import { STORAGE_PATHS } from "./jaegerStorage";

/** Names of the objects that a login for Kafka needs; undefined if not needed. */
export type KafkaObjects = Pick<StorageObjects, "secret" | "authority">;

/** What Jaeger's pods mount. */
export interface MountedObjects {
    configMapName: pulumi.Input<string>;
    storageObjects: StorageObjects;
    /** Undefined without Kafka. */
    kafkaObjects?: KafkaObjects | undefined;
    access?: AccessRules;
    role?: { name: JaegerRole } | undefined;
}

interface Mounted {
    name: string;
    mountPath: string;
    source: Omit<k8s.types.input.core.v1.Volume, "name">;
    isWritten?: boolean;
}

/** The volumes of a pod of Jaeger's. */
export function renderVolumes(spec: MountedObjects): k8s.types.input.core.v1.Volume[] {
    return mountedBy(spec).map(({ name, source }) => ({ name, ...source }));
}

/** Where Jaeger's container has them. */
export function renderMounts(spec: MountedObjects): k8s.types.input.core.v1.VolumeMount[] {
    return mountedBy(spec).map(({ name, mountPath, isWritten }) => ({
        ...{ name, mountPath },
        ...(isWritten !== true && { readOnly: true }),
    }));
}

/** A role has only the logins that it uses: with Kafka, the collector has none for the storage. */
function mountedBy({ configMapName, storageObjects, kafkaObjects, access, role }: MountedObjects): Mounted[] {
    const stores = kafkaObjects === undefined || role?.name !== "collector";
    const { claim, secret, authority } = stores ? storageObjects : {};
    const kafka = role?.name === "query" ? undefined : kafkaObjects;
    return [
        { name: "config", mountPath: "/etc/jaeger", source: { configMap: { name: configMapName } } },
        ...mounted(claim, (claimName) => ({
            ...{ name: "data", mountPath: STORAGE_PATHS.data, isWritten: true },
            source: { persistentVolumeClaim: { claimName } },
        })),
        ...secretAt("storage-password", STORAGE_PATHS.secret, secret),
        ...authorityAt("storage-ca", STORAGE_PATHS.authority, authority),
        ...secretAt("kafka-password", KAFKA_PATHS.secret, kafka?.secret),
        ...authorityAt("kafka-ca", KAFKA_PATHS.authority, kafka?.authority),
        ...secretAt("users", USERS_FOLDER, access?.usersSecret),
    ];
}

function secretAt(name: string, mountPath: string, secret: pulumi.Input<string> | undefined): Mounted[] {
    return mounted(secret, (secretName) => ({ name, mountPath, source: { secret: { secretName } } }));
}

function authorityAt(name: string, mountPath: string, authority: pulumi.Input<string> | undefined): Mounted[] {
    return mounted(authority, (configMap) => ({ name, mountPath, source: { configMap: { name: configMap } } }));
}

function mounted(name: pulumi.Input<string> | undefined, render: (name: pulumi.Input<string>) => Mounted): Mounted[] {
    return name === undefined ? [] : [render(name)];
}
