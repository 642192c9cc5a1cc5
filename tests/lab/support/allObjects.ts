import type { Cluster } from "../../../lab/cluster";
import { eventually, kubectl } from "./sharedLab";

/** Events tell of objects and are none; component statuses are made up at each question. */
const NO_OBJECTS = ["events", "events.events.k8s.io", "componentstatuses"];

/** `Kind.version namespace/name` of every object of every kind in every namespace; contents stay where they are. */
export function everyObject(lab: Cluster): Promise<string[]> {
    // For a moment the API server still names the kinds of CRDs that are gone, and fails when asked for them.
    return eventually(30, () => {
        try {
            return Promise.resolve(listOnce(lab));
        } catch (error) {
            return Promise.resolve((error as Error).message);
        }
    });
}

function listOnce(lab: Cluster): string[] {
    const resources = kubectl(lab, "api-resources", "--verbs=list", "-o", "name")
        .trim()
        .split("\n")
        .filter((resource) => !NO_OBJECTS.includes(resource));
    const line = '{.kind}.{.apiVersion} {.metadata.namespace}/{.metadata.name}{"\\n"}';
    const template = `jsonpath={range .items[*]}${line}{end}`;
    return kubectl(lab, "get", resources.join(","), "--all-namespaces", "-o", template).trim().split("\n").sort();
}
