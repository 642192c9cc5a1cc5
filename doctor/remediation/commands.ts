import { stringify } from "yaml";
import type { MeshConfigObject } from "../../checks/mesh/objects";
import type { Metadata } from "../../shared/kubernetes/objects";
import type { ObjectName } from "../../shared/kubernetes/manifest";
import { quote } from "../../shared/values/quote";

/** An object that a command changes, as it was read. */
export interface Touched {
    metadata: Pick<Metadata, "name" | "namespace" | "labels" | "annotations" | "ownerReferences" | "managedFields">;
}

/** One operation of a JSON patch: https://www.rfc-editor.org/rfc/rfc6902 */
export interface Operation {
    op: "add" | "replace" | "remove";
    path: string;
    value?: unknown;
}

/** A change to the cluster as data. Only reports turn it into text. */
export type Command =
    | { verb: "patch"; kind: string; object: Touched; patch: Operation[] }
    | { verb: "merge"; kind: string; object: Touched; patch: object }
    | { verb: "annotate"; kind: string; object: Touched; annotations: Record<string, string> }
    /** `null` removes a label. */
    | { verb: "label"; kind: string; object: Touched; labels: Record<string, string | null> }
    | { verb: "apply"; object: object }
    | { verb: "delete"; kind: string; object: Touched }
    | {
          verb: "setMesh";
          configMap: ObjectName;
          /** Version when it was read. The server rejects the change if somebody has changed the object since. */
          resourceVersion: string | undefined;
          before: MeshConfigObject;
          after: MeshConfigObject;
      }
    /**
     * A change by hand, because the content contains a credential that must not be printed, or because istiod rejects
     * it as a whole.
     */
    | { verb: "edit"; kind: string; object: ObjectName; why: "credential" | "refused" }
    /** The memory limit of a container of a workload, such as `512Mi`. */
    | { verb: "setMemory"; kind: string; object: Touched; container: string; memory: string }
    | { verb: "scale"; workload: string; namespace: string; replicas: number }
    | { verb: "restart" | "resume" | "await"; workload: string; namespace: string }
    | { verb: "awaitEndpoints"; service: ObjectName }
    /** Runs a CronJob at once, as a Job of that name, which must be free. */
    | { verb: "runJob"; cronJob: string; namespace: string; job: string }
    | { verb: "awaitJob"; namespace: string; job: string };

/** A JSON patch of an object as it was read. */
export function patchCommand(kind: string, object: Touched, patch: Operation[]): Command {
    return { verb: "patch", kind, object, patch };
}

/** A key as a part of a JSON pointer. */
export function escapePointer(key: string): string {
    return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** A name that no object of a kind has in a namespace, so that an apply changes no existing object. */
export function unusedName(name: string, namespace: string, objects: Touched[]): string {
    const taken = objects
        .filter(({ metadata }) => metadata.namespace === namespace)
        .map(({ metadata }) => metadata.name);
    let free = name;
    for (let count = 2; taken.includes(free); count++) free = `${name}-${String(count)}`;
    return free;
}

/** Creates an object. */
export function applyCommand(object: object): Command {
    return { verb: "apply", object };
}

/** A command for a shell. */
export function formatCommand(command: Command, kubectl = "kubectl"): string {
    return `${kubectl} ${formatArguments(command)}`;
}

function formatArguments(command: Command): string {
    switch (command.verb) {
        case "patch":
            return `patch ${target(command)} --type=json -p ${quote(JSON.stringify(command.patch))}`;
        case "merge":
            return `patch ${target(command)} --type=merge -p ${quote(JSON.stringify(command.patch))}`;
        case "annotate": {
            const pairs = Object.entries(command.annotations).map((pair) => quote(pair.join("=")));
            return `annotate ${target(command)} --overwrite ${pairs.join(" ")}`;
        }
        case "label": {
            const labels = Object.entries(command.labels).map(([label, value]) =>
                value === null ? `${label}-` : quote(`${label}=${value}`),
            );
            const overwrites = Object.values(command.labels).some((value) => value !== null);
            return `label ${target(command)} ${labels.join(" ")}${overwrites ? " --overwrite" : ""}`;
        }
        case "apply":
            return `apply -f - <<'EOF'\n${toYaml(command.object).trim()}\nEOF`;
        case "delete":
            return `delete ${target(command)}`;
        case "setMesh": {
            const { configMap, resourceVersion, after } = command;
            const patch = JSON.stringify({ metadata: { resourceVersion }, data: { mesh: toYaml(after) } });
            return `patch configmap ${configMap.name} -n ${configMap.namespace} --type=merge -p ${quote(patch)}`;
        }
        case "edit": {
            const { name, namespace } = command.object;
            const why = {
                credential: "it contains a credential, which is not shown here",
                refused: "istiod rejects its current content",
            };
            return `edit ${command.kind} ${name} -n ${namespace} # by hand: ${why[command.why]}`;
        }
        case "setMemory": {
            const { kind, object, container, memory } = command;
            const { name, namespace = "default" } = object.metadata;
            return `set resources ${kind}/${name} -n ${namespace} -c ${container} --limits=memory=${memory}`;
        }
        case "scale":
            return `scale ${command.workload} -n ${command.namespace} --replicas=${String(command.replicas)}`;
        case "restart":
            return `rollout restart ${command.workload} -n ${command.namespace}`;
        case "resume":
            return `rollout resume ${command.workload} -n ${command.namespace}`;
        case "await":
            return `rollout status ${command.workload} -n ${command.namespace} --timeout=120s`;
        case "runJob": {
            const { cronJob, namespace, job } = command;
            return `create job ${job} -n ${namespace} --from=cronjob/${cronJob}`;
        }
        case "awaitJob":
            return `wait --for=condition=complete job/${command.job} -n ${command.namespace} --timeout=120s`;
        case "awaitEndpoints": {
            const { name, namespace } = command.service;
            return (
                `wait --for=jsonpath='{.endpoints[0].conditions.ready}'=true endpointslice -n ${namespace} ` +
                `-l kubernetes.io/service-name=${name} --timeout=60s`
            );
        }
    }
}

function target({ kind, object: { metadata } }: { kind: string; object: Touched }): string {
    return kind === "namespace"
        ? `namespace ${metadata.name}`
        : `${kind} ${metadata.name} -n ${metadata.namespace ?? "default"}`;
}

/** YAML that kubectl and istiod read in the same way: both use YAML 1.1, where a plain `yes` is not text. */
export function toYaml(object: object): string {
    return stringify(object, { lineWidth: 0, compat: "yaml-1.1" });
}
