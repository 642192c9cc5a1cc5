import type { ClusterObject } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** True for the class of claims that name none. */
export function isDefaultClass({ metadata }: ClusterObject): boolean {
    return metadata.annotations?.[DEFAULT_CLASS] === "true";
}

/**
 * Reports a volume that the cluster cannot provision. Its claim and Jaeger's pod would stay Pending.
 *
 * @param storageClass the requested class; undefined for the default one.
 */
export function checkStorageClass(classes: ClusterObject[], storageClass: string | undefined): Finding[] {
    const names = classes.map(({ metadata }) => metadata.name);
    const there = names.length === 0 ? "no StorageClass" : names.join(", ");
    if (storageClass !== undefined) {
        if (names.includes(storageClass)) return [];
        return [
            {
                id: "storage-class-exists",
                severity: "error",
                resource: "jaeger.storage.storageClass",
                expected: "a StorageClass of this cluster",
                got: `${storageClass}; the cluster has ${there}`,
                cure: "Name an existing StorageClass, or create this one first. List them: kubectl get storageclasses",
            },
        ];
    }
    if (classes.some(isDefaultClass)) return [];
    return [
        {
            id: "storage-class-exists",
            // A volume that somebody created by hand without a class would be used.
            severity: "warning",
            resource: "jaeger.storage.storageClass",
            expected: "a default StorageClass in this cluster, because jaeger.storage names none",
            got: names.length === 0 ? there : `${there}, none of them the default`,
            cure: "Set jaeger.storage.storageClass to an existing StorageClass, or mark one as the default.",
        },
    ];
}
