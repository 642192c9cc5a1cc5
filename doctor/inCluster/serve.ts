import http from "node:http";
import type { Server } from "node:http";
import type { MetricValues } from "./metrics";

/** Intervals without an end of an examination after which the process is restarted. */
const MISSED = 10;

/** Whether the watch goes on. */
export interface Pulse {
    intervalSeconds: number;
    /** No round of examinations takes longer. */
    longestSeconds: number;
    /** When the last examination ended, otherwise when the process started, in milliseconds since 1970. */
    lastMs: () => number;
}

/** Serves the metrics at `/metrics`, and the health at `/healthz` and `/readyz`. */
export function openMetricsServer(values: MetricValues, { intervalSeconds, longestSeconds, lastMs }: Pulse): Server {
    const limitSeconds = MISSED * intervalSeconds + longestSeconds;
    const answer = (path: string): { status: number; type?: string; text: string } => {
        if (path === "/metrics") return { status: 200, type: "text/plain; version=0.0.4", text: values.format() };
        if (path === "/readyz") return { status: 200, text: "ok\n" };
        if (path !== "/healthz") return { status: 404, text: "expected /metrics, /healthz or /readyz\n" };
        const seconds = Math.round((Date.now() - lastMs()) / 1000);
        if (seconds <= limitSeconds) return { status: 200, text: "ok\n" };
        const late = `expected an examination within ${String(limitSeconds)} s, got none for ${String(seconds)} s\n`;
        return { status: 503, text: late };
    };
    return http.createServer(({ url = "" }, response) => {
        const { status, type = "text/plain", text } = answer(url.split("?")[0] ?? "");
        response.writeHead(status, { "content-type": `${type}; charset=utf-8` });
        response.end(text);
    });
}
