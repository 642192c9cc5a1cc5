import type { PodObject, ServiceObject } from "../../shared/kubernetes/objects";
import { escapePointer, patchCommand, type Command } from "./commands";

/** Labels that identify a single pod or a single release. */
const PASSING = ["pod-template-hash", "controller-revision-hash", "pod-template-generation"];
const PASSING_PREFIX = ["statefulset.kubernetes.io/", "apps.kubernetes.io/", "batch.kubernetes.io/"];

/** A label that all pods of one list and no pod of another list have. */
export function distinction(right: PodObject[], foreign: PodObject[]): [label: string, value: string] | undefined {
    const [first] = right;
    return Object.entries(first?.metadata.labels ?? {}).find(([label, value]) => {
        if (PASSING.includes(label) || PASSING_PREFIX.some((prefix) => label.startsWith(prefix))) return false;
        const has = ({ metadata }: PodObject): boolean => metadata.labels?.[label] === value;
        return right.every(has) && !foreign.some(has);
    });
}

/** Adds a label to the selector of a Service. */
export function selectAlso(service: ServiceObject, [label, value]: [string, string]): Command[] {
    const path = `/spec/selector/${escapePointer(label)}`;
    return [patchCommand("service", service, [{ op: "add", path, value }])];
}
