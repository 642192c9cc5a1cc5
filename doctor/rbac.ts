import { stringify } from "yaml";
import { DOCTOR_READS, type RbacRule } from "../checks/cluster/doctorRights";

const READ: RbacRule[] = [
    ...DOCTOR_READS,
    { apiGroups: [""], resources: ["pods/log", "pods/proxy", "services/proxy"], verbs: ["get"] },
];
/** WebSockets start with a GET, which older API servers use as the verb. */
const EXEC: RbacRule = { apiGroups: [""], resources: ["pods/exec", "pods/portforward"], verbs: ["create", "get"] };
const PROBE_POD: RbacRule = { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "delete", "list"] };

const NAME = "istio-tracing-doctor";

/** Every right that the doctor uses, as YAML for `kubectl apply`. */
export function renderRbac(): string {
    const role = (name: string, rules: RbacRule[]): string =>
        stringify({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules });
    return [
        `# Reads objects, logs and Jaeger, and runs curl and pilot-agent inside pods. Bind it with:`,
        `# kubectl create clusterrolebinding ${NAME} --clusterrole=${NAME} --user=NAME`,
        role(NAME, [...READ, EXEC]),
        "---",
        "# Only for --probe-pod.",
        role(`${NAME}-probe-pod`, [PROBE_POD]),
    ].join("\n");
}
