import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listAt } from "../../../shared/values/plainObjects";

/** Folder of the committed dashboards. */
export const DASHBOARD_FOLDER = join(__dirname, "../../../dashboards/json");

/** A query of a panel. */
export interface DashboardQuery {
    panel: string;
    expr: string;
}

/** Every query of a dashboard, with what Grafana fills in for its variables. */
export function queriesOf(file: string): DashboardQuery[] {
    const dashboard: unknown = JSON.parse(readFileSync(join(DASHBOARD_FOLDER, file), "utf8"));
    return listAt(dashboard, "panels").flatMap((panel) =>
        listAt(panel, "targets").map((target) => ({
            panel: `${file}: ${String(panel["title"])}`,
            expr: String(target["expr"]).replaceAll("$__rate_interval", "2m").replaceAll("$service", ".+"),
        })),
    );
}

/** The queries of one panel. */
export function panelQueries(file: string, title: string): string[] {
    const found = queriesOf(file).filter(({ panel }) => panel === `${file}: ${title}`);
    assert.notEqual(found.length, 0, title);
    return found.map(({ expr }) => expr);
}

/**
 * True for a query whose series the lab has: its Envoy does not make Istio's own metrics, its Jaeger has no exporter with a
 * queue, and not every stack has a doctor. These run on recorded series, and those on queues and on the doctor also where the
 * alerts about them are fired.
 */
export function isLive({ expr }: Pick<DashboardQuery, "expr">): boolean {
    return !/\bistio_requests?_|\botelcol_exporter_queue_|\btracing_(?!opentelemetry|zipkin)/.test(expr);
}
