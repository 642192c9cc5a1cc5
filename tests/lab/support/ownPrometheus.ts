import { resolvePrometheus } from "../../../components/prometheus";
import { CONFIG_FILE, renderPrometheusConfig, RULES_FILE } from "../../../components/render/prometheusConfig";
import {
    PROMETHEUS_LABELS,
    PROMETHEUS_RULES,
    renderPrometheusDeployment,
    renderPrometheusService,
} from "../../../components/render/prometheusWorkload";
import { provideOnDemand, type Cluster } from "../../../lab/cluster";
import { apply } from "../doctor/faults";
import { kubectl } from "./sharedLab";

const NAME = "tracing-prometheus";
const SYSTEM = "istio-system";
const RBAC = "rbac.authorization.k8s.io";
const KINDS = ["deployment", "service", "configmap", "clusterrolebinding", "clusterrole", "serviceaccount"];

/**
 * Deploys a Prometheus as somebody does who has one already, for stacks that may bring none: what their own scrapes and is
 * called, with the alerts of a PrometheusRule.
 *
 * @returns what removes it.
 */
export async function deployPrometheus(lab: Cluster, rule: string): Promise<() => void> {
    await provideOnDemand(lab, "prometheus", () => undefined);
    const alerts: unknown = JSON.parse(
        kubectl(lab, "get", "prometheusrule", rule, "-n", SYSTEM, "-o", "jsonpath={.spec}"),
    );
    apply(lab, ...render(alerts));
    kubectl(lab, "rollout", "status", `deployment/${NAME}`, "-n", SYSTEM, "--timeout=180s");
    return () => {
        for (const kind of KINDS) kubectl(lab, "delete", kind, NAME, "-n", SYSTEM, "--ignore-not-found");
    };
}

function render(alerts: unknown): object[] {
    const spec = resolvePrometheus(NAME, { namespace: SYSTEM, imagePullPolicy: "Never" });
    const metadata = { name: NAME, namespace: SYSTEM, labels: PROMETHEUS_LABELS };
    const data = { [CONFIG_FILE]: JSON.stringify(renderPrometheusConfig()), [RULES_FILE]: JSON.stringify(alerts) };
    const roleRef = { apiGroup: RBAC, kind: "ClusterRole", name: NAME };
    const subjects = [{ kind: "ServiceAccount", name: NAME, namespace: SYSTEM }];
    const config = { configMapName: NAME, configHash: "none" };
    return [
        { apiVersion: "v1", kind: "ConfigMap", metadata, data },
        { apiVersion: "v1", kind: "ServiceAccount", metadata },
        { apiVersion: `${RBAC}/v1`, kind: "ClusterRole", metadata: { name: NAME }, rules: PROMETHEUS_RULES },
        { apiVersion: `${RBAC}/v1`, kind: "ClusterRoleBinding", metadata: { name: NAME }, roleRef, subjects },
        {
            ...renderPrometheusDeployment({ ...spec, ...config, serviceAccountName: NAME }),
            ...{ apiVersion: "apps/v1", kind: "Deployment" },
        },
        { ...renderPrometheusService(SYSTEM), apiVersion: "v1", kind: "Service" },
    ];
}
