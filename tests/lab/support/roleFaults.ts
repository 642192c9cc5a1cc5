import { parse, stringify } from "yaml";
import type { Cluster } from "../../../lab/cluster";
import type { PlainObject } from "../../../shared/values/plainObjects";
import { kubectl } from "./sharedLab";

const SYSTEM = ["-n", "istio-system"];
const VOLUME = 'jsonpath={.spec.template.spec.volumes[?(@.name=="config")].configMap.name}';

/** Changes the configuration of a role of Jaeger's, and starts the role anew. */
export function changeRole(lab: Cluster, role: string, edit: (config: PlainObject) => void): void {
    const workload = `deployment/jaeger-${role}`;
    const name = kubectl(lab, "get", workload, ...SYSTEM, "-o", VOLUME).trim();
    const text = kubectl(lab, "get", "configmap", name, ...SYSTEM, "-o", "jsonpath={.data.config\\.yaml}");
    const config = parse(text) as PlainObject;
    edit(config);
    const patch = JSON.stringify({ data: { "config.yaml": stringify(config) } });
    kubectl(lab, "patch", "configmap", name, ...SYSTEM, "--type=merge", "-p", patch);
    kubectl(lab, "rollout", "restart", workload, ...SYSTEM);
    kubectl(lab, "rollout", "status", workload, ...SYSTEM, "--timeout=180s");
}
