import { isSecretText } from "../../checks/telemetry/secretHeaders";
import { listAll } from "../../shared/cluster/client";
import { itemsOf } from "../../shared/cluster/facts";
import type { ClusterObject, PodObject } from "../../shared/kubernetes/objects";
import { CONTAINER, METADATA_SHAPE } from "../../shared/kubernetes/shapes";
import { flag, listOf, objectOf, text, type Shape } from "../../shared/values/shapes";
import type { Access } from "../connection/access";
import { cut } from "../inventory/podFailures";
import { lastLineOf, readPodLog } from "./podLog";

/** A CronJob that deletes old indices of Jaeger's, and how its last runs ended. */
export interface IndexCleaner {
    cronJob: ClusterObject;
    suspended: boolean;
    /** Its runs that the cluster still has, however they ended. */
    runs: ClusterObject[];
    /** Runs that failed since the last one that did not. */
    failures: number;
    /** When one succeeded last; undefined if none is known. */
    succeededAt: string | undefined;
    /** The last line of the newest run that failed. */
    line: string | undefined;
}

interface CronJobObject extends ClusterObject {
    spec?: {
        suspend?: boolean;
        jobTemplate?: { spec?: { template?: { spec?: { containers?: { name: string; image?: string }[] } } } };
    };
}

/** A run of a CronJob. */
export interface JobObject extends ClusterObject {
    status?: { conditions?: { type: string; status: string; lastTransitionTime?: string }[]; completionTime?: string };
}

const CRON_JOB: Shape<CronJobObject> = objectOf<CronJobObject>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf({
            suspend: flag,
            jobTemplate: objectOf({
                spec: objectOf({ template: objectOf({ spec: objectOf({ containers: listOf(CONTAINER) }) }) }),
            }),
        }),
    },
    "metadata",
);
const JOB: Shape<JobObject> = objectOf<JobObject>(
    {
        metadata: METADATA_SHAPE,
        status: objectOf({
            completionTime: text,
            conditions: listOf(objectOf({ type: text, status: text, lastTransitionTime: text }, "type", "status")),
        }),
    },
    "metadata",
);
const IMAGE = /es-index-cleaner/;
const LINES = "tailLines=5&limitBytes=8192";

/** Those of a namespace; none if they cannot be read, since they are no part of a span's way. */
export async function readIndexCleaners(
    access: Access,
    namespace: string | undefined,
    pods: PodObject[],
): Promise<IndexCleaner[]> {
    if (namespace === undefined) return [];
    const batch = `/apis/batch/v1/namespaces/${namespace}`;
    const cronJobs = itemsOf(await listAll(access, `${batch}/cronjobs`, CRON_JOB)).filter(isCleaner);
    if (cronJobs.length === 0) return [];
    const jobs = itemsOf(await listAll(access, `${batch}/jobs`, JOB));
    return Promise.all(
        cronJobs.map(async (cronJob): Promise<IndexCleaner> => {
            const own = jobs.filter((job) => isOf(job, cronJob));
            const { failed, succeededAt } = lastRuns(own);
            const newest = failed.at(-1);
            const line = newest && (await lastLine(access, newest, pods));
            return {
                ...{ cronJob, suspended: cronJob.spec?.suspend === true, runs: own },
                ...{ failures: failed.length, succeededAt, line },
            };
        }),
    );
}

function isCleaner({ spec }: CronJobObject): boolean {
    const containers = spec?.jobTemplate?.spec?.template?.spec?.containers ?? [];
    return containers.some(({ image }) => IMAGE.test(image ?? ""));
}

function isOf({ metadata }: JobObject, cronJob: ClusterObject): boolean {
    return (metadata.ownerReferences ?? []).some(
        ({ kind, name }) => kind === "CronJob" && name === cronJob.metadata.name,
    );
}

/** Runs that failed after the last success, the newest last. */
export function lastRuns(jobs: JobObject[]): { failed: JobObject[]; succeededAt: string | undefined } {
    const ended = (type: string): { job: JobObject; at: string }[] =>
        jobs.flatMap((job) => {
            const found = (job.status?.conditions ?? []).find((one) => one.type === type && one.status === "True");
            return found === undefined ? [] : [{ job, at: found.lastTransitionTime ?? "" }];
        });
    const succeededAt = ended("Complete")
        .map(({ at }) => at)
        .sort()
        .at(-1);
    const failed = ended("Failed")
        .filter(({ at }) => at > (succeededAt ?? ""))
        .sort((left, right) => left.at.localeCompare(right.at));
    return { failed: failed.map(({ job }) => job), succeededAt };
}

async function lastLine(access: Access, { metadata }: JobObject, pods: PodObject[]): Promise<string | undefined> {
    const own = pods.find(
        (pod) =>
            pod.metadata.namespace === metadata.namespace &&
            (pod.metadata.ownerReferences ?? []).some(({ kind, name }) => kind === "Job" && name === metadata.name),
    );
    if (own === undefined) return undefined;
    const line = lastLineOf(await readPodLog(access, own, LINES));
    return line === undefined || isSecretText(line) ? undefined : cut(line);
}
