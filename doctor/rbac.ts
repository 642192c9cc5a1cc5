import { stringify } from "yaml";

interface Rule {
    apiGroups: string[];
    resources: string[];
    verbs: string[];
}

const READ: Rule[] = [
    { apiGroups: [""], resources: ["namespaces", "pods", "services", "events"], verbs: ["list"] },
    { apiGroups: [""], resources: ["configmaps"], verbs: ["get"] },
    { apiGroups: ["apps"], resources: ["deployments", "statefulsets", "daemonsets"], verbs: ["list"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list"] },
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["list"] },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["list"] },
    { apiGroups: ["telemetry.istio.io"], resources: ["telemetries"], verbs: ["list"] },
    {
        apiGroups: ["networking.istio.io"],
        resources: ["serviceentries", "destinationrules", "virtualservices", "sidecars", "envoyfilters"],
        verbs: ["list"],
    },
    {
        apiGroups: ["security.istio.io"],
        resources: ["authorizationpolicies", "peerauthentications"],
        verbs: ["list"],
    },
    {
        apiGroups: ["admissionregistration.k8s.io"],
        resources: ["mutatingwebhookconfigurations"],
        verbs: ["list"],
    },
    { apiGroups: [""], resources: ["pods/log", "pods/proxy", "services/proxy"], verbs: ["get"] },
];
/** WebSockets start with a GET, which older API servers use as the verb. */
const EXEC: Rule = { apiGroups: [""], resources: ["pods/exec", "pods/portforward"], verbs: ["create", "get"] };
const PROBE_POD: Rule = { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "delete", "list"] };

const NAME = "istio-tracing-doctor";

/** Every right that the doctor uses, as YAML for `kubectl apply`. */
export function renderRbac(): string {
    const role = (name: string, rules: Rule[]): string =>
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
