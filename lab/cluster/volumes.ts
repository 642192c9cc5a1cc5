import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { LabIdentity } from "../identity";
import { ApiClient } from "./api";
import type { ObjectList } from "./api";
import { waitFor } from "./wait";

const className = "local";
const count = 5;
const classPath = `/apis/storage.k8s.io/v1/storageclasses/${className}`;
const volumesPath = "/api/v1/persistentvolumes";

interface Volume {
    metadata: { name: string };
    status?: { phase?: string };
}

/**
 * Creates a default StorageClass with a few volumes below the lab's own folder, and recreates those whose claim is
 * gone. There is no provisioner, so this runs before each `up` of the program.
 */
export async function provideVolumes(identity: LabIdentity, kubeconfig: string): Promise<void> {
    const api = new ApiClient(kubeconfig);
    try {
        await api.apply(classPath, storageClass);
        const { items } = await api.get<ObjectList<Volume>>(volumesPath);
        const phases = new Map(items.map(({ metadata, status }) => [metadata.name, status?.phase ?? ""]));
        const names = Array.from({ length: count }, (_, index) => `${className}-${index}`);
        await Promise.all(names.map((name) => provideVolume(identity, api, name, phases.get(name))));
    } finally {
        api.close();
    }
}

async function provideVolume(identity: LabIdentity, api: ApiClient, name: string, phase?: string): Promise<void> {
    const path = `${volumesPath}/${name}`;
    const folder = join(identity.stateDir, "volumes", name);
    if (phase === "Released" || phase === "Failed") {
        await api.send("DELETE", path);
        const remains = async (): Promise<string | undefined> =>
            (await api.send("GET", path)).status === 404 ? undefined : "it still exists";
        await waitFor(`the end of the volume ${name}`, remains);
        await rm(folder, { recursive: true, force: true });
    } else if (phase !== undefined) return;
    await mkdir(folder, { recursive: true });
    await api.apply(path, volume(name, folder, identity.name));
}

const storageClass = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: className, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "WaitForFirstConsumer",
    reclaimPolicy: "Retain",
};

function volume(name: string, path: string, node: string): object {
    return {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name },
        spec: {
            // The size of a folder is not limited, so any claim fits.
            capacity: { storage: "1Ti" },
            accessModes: ["ReadWriteOnce"],
            persistentVolumeReclaimPolicy: "Retain",
            storageClassName: className,
            local: { path },
            nodeAffinity: {
                required: {
                    nodeSelectorTerms: [
                        { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
                    ],
                },
            },
        },
    };
}
