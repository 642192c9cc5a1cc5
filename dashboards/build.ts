import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";

/** The Prometheus that the reader of a dashboard chooses. */
const SOURCE = { type: "prometheus", uid: "${datasource}" };
const PANEL_HEIGHT = 8;
/** Grafana divides a row into 24 columns. */
const COLUMNS = 24;

/** A line or several of a panel. */
export interface QuerySpec {
    expr: string;
    /** Name of a line, with labels in double braces. */
    legend: string;
    /** True shows the traces that Prometheus has for single values. @default false */
    exemplars?: boolean;
}

/** One panel. */
export interface PanelSpec {
    title: string;
    /** What it shows, and where the numbers come from. */
    description: string;
    /** Grafana's name of the unit, such as `reqps`, `percentunit`, `ms` or `bytes`. */
    unit: string;
    queries: QuerySpec[];
}

/** Panels under one heading. */
export interface RowSpec {
    title: string;
    panels: PanelSpec[];
}

/** One dashboard. */
export interface DashboardSpec {
    /** Identifier in its address; never changes. */
    uid: string;
    title: string;
    description: string;
    /** A variable with the values of a label. @default none */
    variable?: { name: string; label: string; query: string };
    rows: RowSpec[];
}

/* oxlint-disable typescript/no-deprecated -- the second version of the schema is for Grafana 12 and newer alone */
/** The dashboard in Grafana's own form. */
export function buildDashboard(spec: DashboardSpec): dashboard.Dashboard {
    const builder = new dashboard.DashboardBuilder(spec.title)
        .uid(spec.uid)
        .description(spec.description)
        .tags(["tracing", "istio"])
        .readonly()
        .time({ from: "now-1h", to: "now" })
        .timezone("browser")
        .refresh("30s")
        .tooltip(dashboard.DashboardCursorSync.Crosshair)
        .withVariable(new dashboard.DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"));
    if (spec.variable !== undefined) builder.withVariable(buildVariable(spec.variable));
    for (const row of spec.rows) {
        builder.withRow(new dashboard.RowBuilder(row.title));
        const span = COLUMNS / Math.min(row.panels.length, 3);
        for (const panel of row.panels) builder.withPanel(buildPanel(panel, span));
    }
    return builder.build();
}
/* oxlint-enable typescript/no-deprecated */

function buildVariable({ name, label, query }: NonNullable<DashboardSpec["variable"]>): dashboard.QueryVariableBuilder {
    return new dashboard.QueryVariableBuilder(name)
        .label(label)
        .datasource(SOURCE)
        .query(query)
        .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
        .sort(dashboard.VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
        .allValue(".+");
}

function buildPanel({ title, description, unit, queries }: PanelSpec, span: number): timeseries.PanelBuilder {
    const builder = new timeseries.PanelBuilder()
        .title(title)
        .description(description)
        .datasource(SOURCE)
        .unit(unit)
        .min(0)
        .legend(new common.VizLegendOptionsBuilder().showLegend(true).placement(common.LegendPlacement.Bottom))
        .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi))
        .span(span)
        .height(PANEL_HEIGHT);
    queries.forEach(({ expr, legend, exemplars = false }, index) =>
        builder.withTarget(
            new prometheus.DataqueryBuilder()
                .refId(String.fromCharCode("A".charCodeAt(0) + index))
                .datasource(SOURCE)
                .expr(expr)
                .legendFormat(legend)
                .exemplar(exemplars)
                .range(),
        ),
    );
    return builder;
}
