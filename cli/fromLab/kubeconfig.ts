import { findHolder } from "../../lab/cluster/holder";
import { readRecord } from "../../lab/cluster/record";
import { labIdentity } from "../../lab/identity";

/** Kubeconfig of the lab of this checkout; undefined if none is up. */
export function labKubeconfig(): Promise<string | undefined> {
    const holder = findHolder(labIdentity().name);
    return Promise.resolve(holder && readRecord(holder)?.kubeconfig);
}
