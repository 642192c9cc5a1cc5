import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifacts } from "../images/artifacts";
import type { LabIdentity } from "../identity";
import type { Holder } from "./holder";
import type { Timing } from "./plan";
import type { ProcessId } from "./processes";

/** A lab that is up. */
export interface Cluster {
    identity: LabIdentity;
    /** For the host, through its loopback. */
    kubeconfig: string;
    /** For commands inside the lab's network. */
    insideKubeconfig: string;
    /** URL of the API server on the host. */
    apiUrl: string;
    /** URL of Jaeger's query Service on the host, which works after a call of `pointJaegerForward`. */
    jaegerUrl: string;
    artifacts: Artifacts;
    /** Steps of the `up` that created it. */
    timings: Timing[];
    /** True if it was already up. */
    reused: boolean;
}

/** The record that the last step of `up` writes. Everything else comes from /proc. */
interface ClusterRecord {
    holder: ProcessId;
    identity: LabIdentity;
    artifacts: Artifacts;
    timings: Timing[];
}

/** Records that the lab of this holder is complete. */
export function writeRecord(holder: Holder, identity: LabIdentity, artifacts: Artifacts, timings: Timing[]): Cluster {
    const { pid, startTime } = holder.process;
    const record: ClusterRecord = { holder: { pid, startTime }, identity, artifacts, timings };
    const path = recordPath(identity.stateDir);
    writeFileSync(`${path}.new`, JSON.stringify(record, undefined, 2), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return toCluster(record, false);
}

/** The complete lab of a holder; `undefined` if its `up` is not complete, or never will be. */
export function readRecord(holder: Holder): Cluster | undefined {
    let record: ClusterRecord;
    try {
        record = JSON.parse(readFileSync(recordPath(holder.stateDir), "utf8")) as ClusterRecord;
    } catch {
        return undefined;
    }
    const { pid, startTime } = holder.process;
    return record.holder.pid === pid && record.holder.startTime === startTime ? toCluster(record, true) : undefined;
}

function recordPath(stateDir: string): string {
    return join(stateDir, "cluster.json");
}

function toCluster({ identity, artifacts, timings }: ClusterRecord, reused: boolean): Cluster {
    return {
        identity,
        kubeconfig: join(identity.stateDir, "kubeconfig"),
        insideKubeconfig: join(identity.stateDir, "pki", "admin-inside.kubeconfig"),
        apiUrl: `https://127.0.0.1:${identity.apiPort}`,
        jaegerUrl: `http://127.0.0.1:${identity.jaegerPort}`,
        artifacts,
        timings,
        reused,
    };
}
