import { buildDashboard, type DashboardSpec } from "./build";
import { COLLECTOR } from "./collector";
import { MESH_TRACING } from "./meshTracing";
import { SERVICES } from "./services";

/** Folder of the dashboards as Grafana reads them. */
export const DASHBOARD_FOLDER = "dashboards/json";

/** Every dashboard, by the name of its file. */
const DASHBOARDS: Record<string, DashboardSpec> = {
    "mesh-tracing.json": MESH_TRACING,
    "services.json": SERVICES,
    "collector.json": COLLECTOR,
};

/** The content of every file of the folder. */
export function renderDashboards(): Record<string, string> {
    return Object.fromEntries(
        Object.entries(DASHBOARDS).map(([file, spec]) => [
            file,
            `${JSON.stringify(buildDashboard(spec), undefined, 2)}\n`,
        ]),
    );
}
