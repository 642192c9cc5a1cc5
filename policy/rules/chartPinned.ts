import { checkChartPinned } from "../../checks/manifest/charts";
import type { Rule } from "../rule";

export const chartPinned: Rule = {
    id: "chart-pinned",
    severity: "high",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "A chart without a fixed version may install something else tomorrow.",
    cure: "Set one version.",
    scope: "object",
    ofReleases: true,
    judge: (objects) => objects.flatMap(checkChartPinned),
};
