import type { ClusterObject } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

/** True for the class that a claim gets which names none. */
export function isDefaultClass({ metadata }: ClusterObject): boolean {
    return metadata.annotations?.[DEFAULT_CLASS] === "true";
}

/**
 * A volume that the cluster cannot make: its claim, and Jaeger's pod with it, would stay Pending.
 *
 * @param storageClass that is asked for by name; undefined for the default one.
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
                got: `${storageClass}, where there is ${there}`,
                cure: "Name one that there is, or make it first: kubectl get storageclasses",
            },
        ];
    }
    if (classes.some(isDefaultClass)) return [];
    return [
        {
            id: "storage-class-exists",
            // A volume that somebody made by hand without a class would be taken.
            severity: "warning",
            resource: "jaeger.storage.storageClass",
            expected: "a default StorageClass in this cluster, since jaeger.storage names none",
            got: names.length === 0 ? there : `${there}, none of them the default`,
            cure: "Set jaeger.storage.storageClass to one that there is, or mark one as the default.",
        },
    ];
}
