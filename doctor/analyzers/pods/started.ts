import { parseQuantity } from "../../../shared/kubernetes/quantities";
import type { ContainerStatus, PodObject, WorkloadObject } from "../../../shared/kubernetes/objects";
import { fullName } from "../../inventory/mesh";
import { cut, endsByItself, readPullFailure, type PullFailure } from "../../inventory/podFailures";
import { memoryCommands } from "../../inventory/workload";
import { faultOfCrash } from "../storage/storeFault";
import { warningsAbout, type PodEvidence, type PodTrouble } from "./trouble";

const IMAGE = ["ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError"];
const CONFIGURATION = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];
const PULL_CURES: Record<PullFailure, string> = {
    login: "The registry requires a login: name a Secret with it in imagePullSecrets of the pod (stack setting: pods).",
    missing: "Correct the image's name and tag, or push it to that registry.",
    other: "Check the image's name and tag, the login (imagePullSecrets), and whether nodes reach the registry.",
};
const MIB = 2 ** 20;
/** Characters of a message that a finding shows. */
const LONGEST = 300;
/** For a container without a limit. */
const USUAL_MIB = 512;

type Words = Pick<PodTrouble, "got" | "cure"> & Partial<Pick<PodTrouble, "commands" | "id">>;

/** A pod whose container does not start, or ends again and again. */
export function notStarted(
    pod: PodObject,
    workload: WorkloadObject | undefined,
    evidence: PodEvidence,
): PodTrouble | undefined {
    const { status } = pod;
    const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    const words =
        first(all, (one) => imageMissing(one, pod)) ??
        first(all, (one) => misconfigured(one, pod)) ??
        first(all, (one) => crashing(one, pod, workload, evidence)) ??
        withWarnings(pod, evidence);
    if (words === undefined) return undefined;
    const resource = workload === undefined ? `Pod ${fullName(pod)}` : `${workload.kind} ${fullName(workload)}`;
    return { id: "pods-not-started", resource, commands: [], ...words };
}

function first<T>(all: ContainerStatus[], of: (status: ContainerStatus) => T | undefined): T | undefined {
    return all.map(of).find((found) => found !== undefined);
}

function imageMissing({ name, state }: ContainerStatus, pod: PodObject): Words | undefined {
    const { reason = "", message = "" } = state?.waiting ?? {};
    if (!IMAGE.includes(reason)) return undefined;
    const image = imageOf(name, pod);
    const said = cut(message.replace(/^Back-off pulling image "[^"]*":? ?/, ""), LONGEST);
    return {
        got: `container ${name} of Pod ${fullName(pod)} is in ${reason} for the image ${image}${said === "" ? "" : `: ${said}`}`,
        cure: PULL_CURES[readPullFailure(said)],
    };
}

function misconfigured({ name, state }: ContainerStatus, pod: PodObject): Words | undefined {
    const { reason = "", message = "" } = state?.waiting ?? {};
    if (!CONFIGURATION.includes(reason)) return undefined;
    return {
        got: `container ${name} of Pod ${fullName(pod)} is in ${reason}: ${cut(message, LONGEST)}`,
        cure: "Create the object that the message names, or correct the field of the container that names it.",
    };
}

function crashing(
    status: ContainerStatus,
    pod: PodObject,
    workload: WorkloadObject | undefined,
    { relatedObjects }: PodEvidence,
): Words | undefined {
    const { name, state, lastState, restartCount = 0 } = status;
    const ended = state?.terminated ?? lastState?.terminated;
    if (!endsByItself(status) && !(ended?.reason === "OOMKilled" && restartCount > 0)) return undefined;
    const often = restartCount === 0 ? "" : ` after ${String(restartCount)} restart${restartCount === 1 ? "" : "s"}`;
    const waits = state?.waiting?.reason === undefined ? "ends" : `is in ${state.waiting.reason}`;
    const where = `container ${name} of Pod ${fullName(pod)} ${waits}${often}`;
    if (ended?.reason === "OOMKilled") return outOfMemory(where, name, pod, workload);
    const line = (relatedObjects?.crashes ?? []).find(
        (crash) => crash.pod === fullName(pod) && crash.container === name,
    )?.line;
    const said = line ?? ended?.message;
    const { namespace = "" } = pod.metadata;
    const code = ended?.exitCode === undefined ? "" : `, exit code ${String(ended.exitCode)}`;
    const got = `${where}, last ${ended?.reason ?? "state unknown"}${code}${said === undefined ? "" : `: ${cut(said, LONGEST)}`}`;
    const server = isJaeger(name, pod) ? faultOfCrash(said ?? "") : undefined;
    if (server !== undefined) return { got, ...server };
    return {
        got,
        cure:
            `Correct what ${said === undefined ? "its log" : "that line"} names, usually its configuration, and restart it: ` +
            `kubectl logs ${pod.metadata.name} -n ${namespace} -c ${name} --previous`,
    };
}

function outOfMemory(where: string, name: string, pod: PodObject, workload: WorkloadObject | undefined): Words {
    const container = (pod.spec?.containers ?? []).find((one) => one.name === name);
    const limit = container?.resources?.limits?.["memory"];
    const bytes = limit === undefined ? undefined : parseQuantity(String(limit));
    const memoryMiB = bytes === undefined ? USUAL_MIB : Math.ceil((2 * bytes) / MIB);
    return {
        got: `${where}, last OOMKilled: it needs more than ${limit === undefined ? "the node has" : `its limit of ${String(limit)}`}`,
        cure: `Raise its memory limit, such as to ${String(memoryMiB)} MiB (stack setting: resources), or keep fewer traces in memory (stack setting: jaeger.maxTraces).`,
        commands: container === undefined ? [] : memoryCommands(pod, name, memoryMiB, workload),
    };
}

/** A volume that cannot be mounted, a sandbox that cannot be created, or a probe that fails. */
function withWarnings(pod: PodObject, evidence: PodEvidence): Words | undefined {
    const told = ["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "Unhealthy"];
    const warning = warningsAbout("Pod", pod.metadata, evidence)
        .filter(({ reason }) => told.includes(reason))
        .at(-1);
    if (warning === undefined) return undefined;
    const { namespace = "" } = pod.metadata;
    const isProbe = warning.reason === "Unhealthy";
    return {
        got: `Pod ${fullName(pod)} is not ready, ${warning.reason}: ${cut(warning.message, LONGEST)}`,
        cure: isProbe
            ? `Its readiness or startup probe fails. Check the probe's port and path, and its log: kubectl logs ${pod.metadata.name} -n ${namespace} --all-containers`
            : "Create the object that the message names, or correct its name in the volumes of the pod.",
    };
}

function isJaeger(container: string, pod: PodObject): boolean {
    return /(?:^|\/)jaeger(?:-\w+)?[:@]/.test(imageOf(container, pod));
}

function imageOf(container: string, { spec }: PodObject): string {
    const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
    return all.find(({ name }) => name === container)?.image ?? "unknown";
}
