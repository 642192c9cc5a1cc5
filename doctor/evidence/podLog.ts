import type { PodObject } from "../../shared/kubernetes/objects";
import type { Access } from "../connection/access";

/**
 * What a pod has written; empty if the user may not read it.
 *
 * @param query which container, and how much of its log: parameters of the API server's `log` subresource.
 */
export async function readPodLog(
    access: Pick<Access, "text">,
    { metadata: { name, namespace = "" } }: Pick<PodObject, "metadata">,
    query: string,
): Promise<string> {
    const fact = await access.text(`/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`);
    return "value" in fact ? (fact.value ?? "") : "";
}

/** The last line of a log that is not empty. */
export function lastLineOf(log: string): string | undefined {
    return log
        .split("\n")
        .filter((line) => line.trim() !== "")
        .at(-1);
}
