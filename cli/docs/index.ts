import { join } from "node:path";
import { DASHBOARD_FOLDER, renderDashboards } from "../../dashboards";
import { renderObserve } from "./observe";
import { renderPolicies } from "./policies";
import { renderContributing } from "./rooms";
import { renderSettings } from "./settings";

/** Every file that `npm run docs` writes, and its content. */
export const GENERATED: Record<string, () => Promise<string>> = {
    "CONTRIBUTING.md": renderContributing,
    "docs/observe.md": renderObserve,
    "docs/policies.md": renderPolicies,
    "docs/settings.md": renderSettings,
    ...Object.fromEntries(
        Object.entries(renderDashboards()).map(([file, text]) => [
            join(DASHBOARD_FOLDER, file),
            () => Promise.resolve(text),
        ]),
    ),
};
