import type { Access } from "../connection/access";
import { showBytes } from "../../shared/values/bytes";

/** An answer as the doctor read it. */
export interface Recorded {
    kind: "envoy" | "metrics";
    /** `NAMESPACE_POD`, usable as the name of a folder. */
    pod: string;
    /** What was asked. */
    question: string;
    answer: string;
}

/** Limit of one answer, and of all of them, in bytes. */
const ANSWER_BYTES = 2 ** 20;
const ALL_BYTES = 32 * 2 ** 20;

/** The same access, which records the answers of sidecars and of the collector's metrics. */
export function recording(access: Access, records: Recorded[]): Access {
    let bytes = 0;
    const record = (kind: Recorded["kind"], pod: string, question: string, answer: string): void => {
        const kept = bytes >= ALL_BYTES ? "" : answer.slice(0, ANSWER_BYTES);
        bytes += kept.length;
        const rest = answer.length - kept.length;
        const note = rest === 0 ? "" : `\n[left out: ${showBytes(rest)}]`;
        records.push({ kind, pod, question, answer: kept + note });
    };
    return {
        ...access,
        exec: async (where, command, ...limit) => {
            const fact = await access.exec(where, command, ...limit);
            const [program, ...args] = command;
            if (program === "pilot-agent")
                record(
                    "envoy",
                    `${where.namespace}_${where.pod}`,
                    args.join(" "),
                    "value" in fact ? fact.value.stdout : fact.failure.reason,
                );
            return fact;
        },
        text: async (path) => {
            const fact = await access.text(path);
            const [, namespace, pod] = /\/namespaces\/([^/]+)\/pods\/([^/:]+):\d+\/proxy\/metrics$/.exec(path) ?? [];
            if (namespace !== undefined && pod !== undefined)
                record(
                    "metrics",
                    `${namespace}_${pod}`,
                    "GET /metrics",
                    "value" in fact ? (fact.value ?? "") : fact.failure.reason,
                );
            return fact;
        },
    };
}
