import { randomBytes } from "node:crypto";
import type { Cluster } from "../../../lab/cluster";
import { jaegerPod } from "./jaegerPod";
import { eventually, kubectl } from "./sharedLab";

/** A fresh W3C trace context. */
export function freshContext(): { traceId: string; spanId: string; header: string } {
    const traceId = randomBytes(16).toString("hex");
    const spanId = randomBytes(8).toString("hex");
    return { traceId, spanId, header: `traceparent: 00-${traceId}-${spanId}-01` };
}

/** Sends one request from the frontend's container to the backend and returns its status code. */
export function request(lab: Cluster, ...headers: string[]): string {
    const args = headers.flatMap((header) => ["-H", header]);
    const curl = [
        "curl",
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "--max-time",
        "10",
        ...args,
        "http://backend/probe",
    ];
    return kubectl(lab, "exec", "-n", "demo", "deploy/frontend", "-c", "frontend", "--", ...curl);
}

/** Sends one request for each trace context, in one go, and returns their status codes. */
export function requests(lab: Cluster, contexts: { header: string }[]): string[] {
    const curl = "curl -s -o /dev/null -w '%{http_code}\\n' --max-time 10";
    const script = contexts.map(({ header }) => `${curl} -H '${header}' http://backend/probe`).join("\n");
    const sent = kubectl(lab, "exec", "-n", "demo", "deploy/frontend", "-c", "frontend", "--", "sh", "-c", script);
    return sent.trim().split("\n");
}

/** Sends many requests over eight connections and returns how many were answered with 200. */
export function load(lab: Cluster, count: number): number {
    const script =
        `curl -s -o /dev/null -w '%{http_code}\\n' --max-time 10 --parallel --parallel-max 8 ` +
        `'http://backend/load?n=[1-${String(count)}]' | grep -c '^200$'`;
    return Number(kubectl(lab, "exec", "-n", "demo", "deploy/frontend", "-c", "frontend", "--", "sh", "-c", script));
}

/** Envoy's statistics of a workload's sidecar, by name. */
export function envoyStats(lab: Cluster, workload: string): Record<string, number> {
    const text = admin(lab, workload, "stats");
    const pairs = text.split("\n").map((line) => /^(.+): (\d+)$/.exec(line));
    return Object.fromEntries(pairs.flatMap((match) => (match ? [[match[1] ?? "", Number(match[2])]] : [])));
}

/** An answer of the admin interface of a workload's sidecar. */
export function admin(lab: Cluster, workload: string, path: string): string {
    const command = ["pilot-agent", "request", "GET", path];
    return kubectl(lab, "exec", "-n", "demo", `deploy/${workload}`, "-c", "istio-proxy", "--", ...command);
}

/** Export calls to the collector's port, from a workload's statistics. */
export function exportCalls(stats: Record<string, number>): number {
    const name = Object.keys(stats).find((key) => /\|4317\|\|jaeger-collector\..*;?\.upstream_rq_total$/.test(key));
    return name === undefined ? Number.NaN : (stats[name] ?? Number.NaN);
}

/** Spans that Jaeger says it accepted, over all its receivers. */
export function acceptedSpans(lab: Cluster): number {
    const path = "/api/v1/namespaces/istio-system/pods";
    const pod = jaegerPod(lab).metadata.name;
    const metrics = kubectl(lab, "get", "--raw", `${path}/${pod}:8888/proxy/metrics`);
    return [...metrics.matchAll(/^otelcol_receiver_accepted_spans\S* (\d+)/gm)].reduce(
        (sum, match) => sum + Number(match[1]),
        0,
    );
}

/** The access log line of a request in a workload's sidecar; Envoy writes its lines out about once a second. */
export async function accessLogLine(lab: Cluster, workload: string, traceId: string): Promise<string> {
    const found = await eventually(15, () => {
        const log = kubectl(lab, "logs", "-n", "demo", `deploy/${workload}`, "-c", "istio-proxy", "--tail", "2000");
        const line = log.split("\n").find((text) => text.includes(`trace_id=${traceId}`));
        return Promise.resolve(line === undefined ? `no line with trace id ${traceId} in ${workload}` : { line });
    });
    return found.line;
}
