import { randomBytes } from "node:crypto";
import { listAll } from "../../shared/cluster/client";
import type { ClusterObject, PodObject } from "../../shared/kubernetes/objects";
import { OBJECT, POD } from "../../shared/kubernetes/shapes";
import { INJECT_LABEL } from "../../shared/names/istio";
import { UserError } from "../../shared/terminal/errors";
import type { Access } from "../connection/access";
import { isReady } from "../inventory/mesh";
import { cleanUpOnSignal } from "./cleanUpOnSignal";
import { ANYWHERE, type Placement } from "./placement";

/** An image with curl and a shell. */
const IMAGE = "docker.io/curlimages/curl:8.16.0";
/**
 * Time after which the cluster itself ends and removes the pod if the doctor is killed, in seconds. No run takes
 * longer.
 */
const LIFETIME = 120;
const START_LIMIT_MS = 30_000;
const POLL_MS = 300;
const LABELS = { app: "istio-tracing-doctor" };

/** A pod that sends probes. */
export interface ProbePod {
    pod: PodObject;
    remove: () => Promise<void>;
}

/**
 * Starts a pod for the probes. It belongs to a Job, which the cluster removes within two minutes, so that nothing is
 * left even if the doctor is killed. An interrupted doctor removes it first.
 *
 * @param placement where it runs and as whom: as the pods that it stands in for.
 * @throws UserError with exit code 2 if the cluster rejects it, or if it does not become ready.
 */
export async function startProbePod(
    access: Access,
    namespace: string,
    placement: Placement = ANYWHERE,
): Promise<ProbePod> {
    const name = `istio-tracing-doctor-${randomBytes(3).toString("hex")}`;
    const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const asked = access.post<ClusterObject>(jobs, renderProbeJob(name, { placement }));
    let removal: Promise<void> | undefined;
    const removeOnce = async (): Promise<void> => {
        const made = await asked;
        const uid = "value" in made ? OBJECT(made.value)?.metadata.uid : undefined;
        if (uid !== undefined) await access.delete(`${jobs}/${name}`, uid);
    };
    const forget = cleanUpOnSignal(() => (removal ??= removeOnce()));
    const remove = async (): Promise<void> => {
        await (removal ??= removeOnce());
        forget();
    };
    const made = await asked;
    const own = "value" in made ? OBJECT(made.value) : undefined;
    if (own === undefined) {
        forget();
        const reason = "failure" in made ? made.failure.reason : `there is no namespace ${namespace}`;
        throw new UserError(
            `could not start the probe's pod in ${namespace}: ${reason}. Next: see the required rights with --print-rbac`,
            2,
        );
    }
    try {
        await removeLeftovers(access, jobs, own);
        const pod = await waitForPod(access, namespace, name);
        if (pod !== undefined) return { pod, remove };
    } catch (error) {
        await remove();
        throw error;
    }
    await remove();
    throw new UserError(
        `expected the probe's pod to be ready within ${String(START_LIMIT_MS / 1000)} s, but it was not (image ${IMAGE}). ` +
            `Next: find the reason with kubectl get events -n ${namespace}`,
        2,
    );
}

async function waitForPod(access: Access, namespace: string, job: string): Promise<PodObject | undefined> {
    const end = performance.now() + START_LIMIT_MS;
    while (performance.now() < end) {
        const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=job-name%3D${job}`;
        const fact = await listAll(access, path, POD);
        const pod = "value" in fact ? fact.value?.find(isReady) : undefined;
        if (pod !== undefined) return pod;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return undefined;
}

/** Removes Jobs of earlier runs that the cluster failed to end. A more recent one may belong to a running doctor. */
async function removeLeftovers(access: Access, jobs: string, own: ClusterObject): Promise<void> {
    const fact = await listAll(access, `${jobs}?labelSelector=app%3D${LABELS.app}`, OBJECT);
    const all = "value" in fact ? (fact.value ?? []) : [];
    // Both times come from the API server, so this machine's clock does not matter.
    const born = ({ metadata }: ClusterObject): number => Date.parse(metadata.creationTimestamp ?? "");
    const old = all.filter((job) => born(own) - born(job) > LIFETIME * 1000);
    await Promise.all(old.map(({ metadata }) => access.delete(`${jobs}/${metadata.name}`, metadata.uid ?? "")));
}

/** The Job of a probe's pod, which ends after this time and is then removed by the cluster. */
export function renderProbeJob(
    name: string,
    { placement = ANYWHERE, lifetimeSeconds = LIFETIME }: { placement?: Placement; lifetimeSeconds?: number } = {},
): unknown {
    const container = {
        name: "probe",
        image: IMAGE,
        command: ["sleep", String(lifetimeSeconds)],
        resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "64Mi" } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    };
    const securityContext = {
        runAsNonRoot: true,
        ...(!placement.platformUserIds && { runAsUser: 100 }),
        seccompProfile: { type: "RuntimeDefault" },
    };
    return {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name, labels: LABELS },
        spec: {
            activeDeadlineSeconds: lifetimeSeconds,
            ttlSecondsAfterFinished: 0,
            backoffLimit: 0,
            template: {
                metadata: { labels: { ...LABELS, ...placement.labels, [INJECT_LABEL]: "true" } },
                spec: {
                    ...placement.spec,
                    containers: [container],
                    ...{ securityContext, restartPolicy: "Never", automountServiceAccountToken: false },
                    terminationGracePeriodSeconds: 1,
                },
            },
        },
    };
}
