import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { query } from "../support/prometheus";
import { eventually, kubectl } from "../support/sharedLab";
import type { AlertFault } from "./alertFaults";
import { panelQueries } from "./dashboardQueries";

const SYSTEM = ["-n", "istio-system"];
const PROMETHEUS = "deployment/tracing-prometheus";

/** Time limits for the alerts of a fault to fire and to end, in seconds. */
const FIRES = 300;
const ENDS = 400;

/** By how much the times of the rules are divided: ten minutes become one. */
const FASTER = 10;

/**
 * Lets the stack's own Prometheus read its alerts with all their times divided by ten, and scrape three times as often, so
 * that a rate over half a minute has as many samples as the one over five minutes has. Its pod starts anew, without series.
 */
export function hastenAlerts(lab: Cluster): void {
    const volumes = "jsonpath={.spec.template.spec.volumes[?(@.configMap)].configMap.name}";
    const name = kubectl(lab, "get", PROMETHEUS, ...SYSTEM, "-o", volumes).trim();
    const read = (file: string): string =>
        kubectl(lab, "get", "configmap", name, ...SYSTEM, "-o", `jsonpath={.data.${file.replace(".", "\\.")}}`);
    const data = {
        "alerts.yml": read("alerts.yml").replace(/\b(\d+)m\b/g, (_, minutes: string) => {
            return `${String((Number(minutes) * 60) / FASTER)}s`;
        }),
        "prometheus.yml": read("prometheus.yml").replaceAll('"15s"', '"5s"'),
    };
    kubectl(lab, "patch", "configmap", name, ...SYSTEM, "--type=merge", "-p", JSON.stringify({ data }));
    kubectl(lab, "rollout", "restart", PROMETHEUS, ...SYSTEM);
    kubectl(lab, "rollout", "status", PROMETHEUS, ...SYSTEM, "--timeout=120s");
}

/** An alert that fires, or that waits until its time has passed. */
export interface ActiveAlert {
    alert: string;
    state: string;
    /** What it names, such as the doctor's finding in the label `id`. */
    labels: Record<string, string>;
}

/** The alerts that Prometheus has now. */
export function activeAlerts(lab: Cluster): ActiveAlert[] {
    return query(lab, "ALERTS").map(({ metric }) => {
        const { alertname = "", alertstate = "", ...labels } = metric;
        return { alert: alertname, state: alertstate, labels };
    });
}

/** Waits until Prometheus reads pods of every one of these jobs, and of no other one. */
export function areRead(lab: Cluster, jobs: string[], limitSeconds = 240): Promise<true> {
    return eventually(limitSeconds, async () => {
        const found = query(lab, "count by (job) (up == 1)").map(({ metric }) => metric["job"] ?? "");
        return found.sort().join() === jobs.join() || afterPause(found.join());
    });
}

/** Waits until no alert fires or waits to fire. */
export function areSilent(lab: Cluster, limitSeconds = ENDS): Promise<true> {
    return eventually(limitSeconds, async () => {
        const active = activeAlerts(lab);
        return active.length === 0 || afterPause(JSON.stringify(active));
    });
}

/** Brings a fault about, until those alerts fire that it is to fire and no other one does; then until all are silent. */
export async function firesOnly(lab: Cluster, { inject, alerts, perhaps = [], ...named }: AlertFault): Promise<void> {
    const wanted = Object.entries({ ...named.labels, ...(named.finding !== undefined && { id: named.finding }) });
    const mend = inject(lab);
    try {
        await eventually(FIRES, async () => {
            const active = activeAlerts(lab);
            const firing = active.filter(({ state }) => state === "firing");
            const names = firing.map(({ alert }) => alert);
            const isNamed = firing.some(({ labels }) => wanted.every(([label, value]) => labels[label] === value));
            const isRight =
                alerts.every((alert) => names.includes(alert)) &&
                names.every((name) => alerts.includes(name) || perhaps.includes(name));
            return (isRight && isNamed) || afterPause(JSON.stringify(active));
        });
        if (named.finding !== undefined) isShown(lab, named.finding);
    } finally {
        mend();
    }
    await areSilent(lab);
}

/** The dashboard shows the finding that an alert names. */
function isShown(lab: Cluster, finding: string): void {
    const shown = panelQueries("mesh-tracing.json", "Findings").flatMap((expr) => query(lab, expr));
    assert.ok(
        shown.some(({ metric }) => metric["id"] === finding),
        JSON.stringify(shown),
    );
}

/** Leaves the processors to the mesh for a moment. */
export async function afterPause(answer: string): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return answer;
}
