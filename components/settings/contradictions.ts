import { existsSync } from "node:fs";
import { join } from "node:path";
import { isLocalChartSource } from "../charts";
import type { ResourceRequirements, SizedContainer } from "../resources";
import { findStackCollectorContradictions, type ComparedStack } from "./collectorContradictions";
import { findMeshContradictions, type ComparedMeshSettings } from "./meshContradictions";
import type { Ui } from "../ui";
import { parseQuantity } from "../../shared/kubernetes/quantities";
import { showSetting, type SettingsProblem } from "./problems";

/** What {@link findContradictions} compares. */
export interface ComparedSettings extends ComparedMeshSettings, ComparedStack {
    istio: ComparedMeshSettings["istio"] &
        ComparedStack["istio"] & { chartSource: string; adopted?: unknown; cni: { mode: string } };
    ui: Ui;
    resources: Record<SizedContainer, ResourceRequirements>;
}

/** Settings that are right by themselves and wrong together, or wrong for this machine. */
export function findContradictions(settings: ComparedSettings): SettingsProblem[] {
    return [
        ...findStackCollectorContradictions(settings),
        ...namespaceProblems(settings),
        ...findMeshContradictions(settings),
        ...findChartProblems(settings.istio.chartSource, [
            ...(settings.istio.install || settings.istio.adopted ? ["base", "istiod"] : []),
            ...(settings.ui.mode === "gateway" ? ["gateway"] : []),
            ...(settings.istio.cni.mode === "install" ? ["cni"] : []),
        ]),
        ...findResourceProblems(settings.resources),
    ];
}

function namespaceProblems({ istio, demo }: ComparedSettings): SettingsProblem[] {
    if (istio.namespace !== demo.namespace || !demo.deploy) return [];
    return [
        {
            key: "demo.namespace",
            expected: "a namespace other than istio.namespace: workloads in istiod's namespace get no sidecars",
            got: showSetting(demo.namespace),
            next: "set demo.namespace to another name, for example demo",
        },
    ];
}

/** Charts that a folder of this machine ought to hold and does not. */
export function findChartProblems(source: string, charts: string[]): SettingsProblem[] {
    if (!isLocalChartSource(source)) return [];
    const missing = charts.filter((chart) => !existsSync(join(source, chart, "Chart.yaml")));
    if (missing.length === 0) return [];
    return [
        {
            key: "istio.chartSource",
            expected: `a folder that holds the charts ${charts.join(" and ")}`,
            got: `${showSetting(source)}, which has no ${missing.map((chart) => `${chart}/Chart.yaml`).join(" and no ")}`,
            next: "put Istio's charts there (helm pull --untar), or name a repository (https://... or oci://...)",
        },
    ];
}

/** Containers that ask for more than they may use. */
export function findResourceProblems(
    resources: Partial<Record<SizedContainer, ResourceRequirements>>,
): SettingsProblem[] {
    return Object.entries(resources).flatMap(([container, { requests, limits }]) =>
        (["cpu", "memory"] as const).flatMap((resource) => {
            const request = requests[resource];
            const limit = limits[resource];
            if (request === undefined || limit === undefined) return [];
            if ((parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? 0)) return [];
            return [
                {
                    key: `resources.${container}.requests.${resource}`,
                    expected: `at most the limit, ${limit}`,
                    got: request,
                    next: `lower the request or raise resources.${container}.limits.${resource}`,
                },
            ];
        }),
    );
}
