import type { KubeClient } from "./client";
import { annotation, kindOf, nameOf, namespaceOf } from "./objects";
import { at, listAt, textAt, type Values } from "./values";
import { SERVICE_NAME_LABEL } from "../../shared/names/kubernetes";

const number = (object: unknown, ...path: string[]): number => Number(at(object, ...path) ?? 0);
const condition = (object: unknown, type: string): unknown =>
    listAt(object, "status", "conditions").find((entry) => textAt(entry, "type") === type);

function deployment(object: Values): string | undefined {
    const status = at(object, "status");
    const seen = number(status, "observedGeneration") >= number(object, "metadata", "generation");
    const progress = condition(object, "Progressing");
    const first = textAt(object, "metadata", "annotations", "deployment.kubernetes.io/revision") === "1";
    const available = textAt(condition(object, "Available"), "status") === "True";
    const rolled = available && (first || textAt(progress, "reason") === "NewReplicaSetAvailable");
    const [ready, wanted] = [number(status, "readyReplicas"), Number(at(object, "spec", "replicas") ?? 1)];
    if (seen && rolled && Math.min(ready, number(status, "updatedReplicas")) >= wanted) return undefined;
    const stuck = textAt(progress, "status") === "False" ? `; ${textAt(progress, "message")}` : "";
    return `${ready}/${wanted} Pods ready${stuck}`;
}

/** As the provider judges one whose pods are updated one after another. */
function statefulSet(object: Values): string | undefined {
    const status = at(object, "status");
    const seen = number(status, "observedGeneration") >= number(object, "metadata", "generation");
    const [ready, wanted] = [number(status, "readyReplicas"), Number(at(object, "spec", "replicas") ?? 1)];
    const counts = ["replicas", "currentReplicas"].map((field) => number(status, field));
    const updated = textAt(status, "currentRevision") === textAt(status, "updateRevision");
    if (seen && updated && [...counts, ready].every((count) => count === wanted)) return undefined;
    return `${ready}/${wanted} Pods ready${updated ? "" : ", and not all of them updated"}`;
}

async function service(client: KubeClient, object: Values): Promise<string | undefined> {
    const { type, clusterIP, selector } = at(object, "spec") as Values;
    if (type === "LoadBalancer" && listAt(object, "status", "loadBalancer", "ingress").length === 0) {
        return "the Service was not allocated an IP address";
    }
    if (type === "ExternalName" || clusterIP === "None" || Object.keys(selector ?? {}).length === 0) return undefined;
    const path = `/apis/discovery.k8s.io/v1/namespaces/${namespaceOf(object)}/endpointslices`;
    const query = { labelSelector: `${SERVICE_NAME_LABEL}=${nameOf(object)}` };
    const slices = listAt(await client.call("GET", path, { query }), "items");
    const ends = slices.flatMap((slice) => listAt(slice, "endpoints"));
    if (ends.length > 0 && ends.every((end) => at(end, "conditions", "ready") !== false)) return undefined;
    return "the Service does not target any ready Pods: not ready, or .spec.selector matches no labels";
}

function podFaults(pod: unknown): string[] {
    const name = `[Pod ${namespaceOf(pod)}/${nameOf(pod)}]`;
    const place = condition(pod, "PodScheduled");
    if (textAt(place, "status") === "False")
        return [`${name}: [${textAt(place, "reason")}] ${textAt(place, "message")}`];
    const all = ["initContainerStatuses", "containerStatuses"].flatMap((key) => listAt(pod, "status", key));
    return all.flatMap((status) => {
        const state = at(status, "state", "waiting") ?? at(status, "state", "terminated");
        const reason = textAt(state, "reason");
        const quiet = ["", "ContainerCreating", "PodInitializing", "Completed"].includes(reason);
        if (quiet || at(status, "ready") === true) return [];
        const last = at(status, "lastState", "terminated", "exitCode");
        const exit = last === undefined ? "" : ` (last exit code ${number(last)})`;
        return [`${name}: container ${textAt(status, "name")}: [${reason}] ${textAt(state, "message")}${exit}`];
    });
}

/** Why the Pods of a workload do not start or are not created, one sentence each. */
async function faults(client: KubeClient, object: Values): Promise<string[]> {
    const labels = at(object, "spec", "selector", "matchLabels") ?? at(object, "spec", "selector");
    if (typeof labels !== "object" || labels === null) return [];
    const list = async (kind: string, query: Record<string, string>): Promise<unknown[]> =>
        listAt(await client.call("GET", `/api/v1/namespaces/${namespaceOf(object)}/${kind}`, { query }), "items");
    const labelSelector = Object.entries(labels)
        .map((pair) => pair.join("="))
        .join(",");
    const pods = await list("pods", { labelSelector });
    if (pods.length > 0) return pods.flatMap(podFaults);
    const events = await list("events", { fieldSelector: "reason=FailedCreate" });
    const ours = events.filter((event) => textAt(event, "involvedObject", "name").startsWith(nameOf(object)));
    return ours.slice(-1).map((event) => `[FailedCreate] ${textAt(event, "message")}`);
}

/** What an object lacks, by what its kind is ready for. */
function whyOpen(client: KubeClient, kind: string, object: Values): Promise<string | undefined> | string | undefined {
    if (kind === "apps/v1/Deployment") return deployment(object);
    if (kind === "apps/v1/StatefulSet") return statefulSet(object);
    return kind === "v1/Service" ? service(client, object) : undefined;
}

/** Why an object is not ready for the provider; undefined if it is. */
export async function judge(client: KubeClient, object: Values): Promise<string | undefined> {
    const kind = kindOf(object);
    if (annotation(object, "skipAwait") === "true") return undefined;
    const open = await whyOpen(client, kind, object);
    return open ? [open, ...(await faults(client, object))].join("\n") : undefined;
}
