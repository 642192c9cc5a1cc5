import type { Fact, Failure } from "../../shared/cluster/facts";
import type { Answer } from "../../shared/cluster/request";
import { parseJson } from "../../shared/values/plainObjects";

/** Reads answers that did not come through the API server, as its client reads those that did. */
export const interpretDirect = {
    json<T>(answer: Fact<Answer>): Fact<T | undefined> {
        const text = interpretDirect.text(answer);
        if ("failure" in text || text.value === undefined) return text as Fact<T | undefined>;
        const value = parseJson(text.value);
        if (typeof value === "object" && value !== null) return { value: value as T };
        return { failure: { kind: "unexpected", reason: "an answer that is not JSON" } };
    },
    text(answer: Fact<Answer>): Fact<string | undefined> {
        if ("failure" in answer) return answer;
        const { status, text } = answer.value;
        if (status >= 200 && status <= 299) return { value: text };
        if (status === 404) return { value: undefined };
        return { failure: failureOf(status, text) };
    },
};

function failureOf(status: number, text: string): Failure {
    const reason = `HTTP status ${String(status)}${text.trim() === "" ? "" : `: ${text.trim().slice(0, 200)}`}`;
    if (status === 401) return { kind: "unauthorized", reason };
    if (status === 403) return { kind: "forbidden", reason, byApiServer: false };
    return { kind: "unexpected", reason, status };
}
