import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { kubectl } from "./sharedLab";

/** A series of an instant query, with its value. */
export interface Sample {
    metric: Record<string, string>;
    value: number;
}

/** The answer of the Prometheus of the stack to an instant query. */
export function query(lab: Cluster, expression: string): Sample[] {
    const data = ask(lab, "query", { query: expression }) as {
        result: { metric: Record<string, string>; value: [number, string] }[];
    };
    return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

/** The value of an instant query with one series; 0 for none. */
export function valueOf(lab: Cluster, expression: string): number {
    const samples = query(lab, expression);
    assert.ok(samples.length <= 1, `${expression}: ${JSON.stringify(samples)}`);
    return samples[0]?.value ?? 0;
}

/** The data of an answer of Prometheus's HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/ */
export function ask(lab: Cluster, path: string, parameters: Record<string, string> = {}): unknown {
    const service = "/api/v1/namespaces/istio-system/services/tracing-prometheus:9090/proxy";
    const search = new URLSearchParams(parameters).toString();
    const answer = JSON.parse(kubectl(lab, "get", "--raw", `${service}/api/v1/${path}?${search}`)) as {
        status: string;
        data: unknown;
    };
    assert.equal(answer.status, "success");
    return answer.data;
}
