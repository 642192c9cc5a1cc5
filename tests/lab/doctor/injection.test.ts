import type { Cluster } from "../../../lab/cluster";
import { describeFaults, patch } from "./faults";
import { kubectl } from "../support/sharedLab";

function restartBackend(lab: Cluster): void {
    kubectl(lab, "rollout", "restart", "deployment/backend", "-n", "demo");
    kubectl(lab, "rollout", "status", "deployment/backend", "-n", "demo", "--timeout=60s");
}

function useNodeNetwork(lab: Cluster, change: unknown): void {
    patch(lab, "demo", "deployment/backend", change);
    kubectl(lab, "rollout", "status", "deployment/backend", "-n", "demo", "--timeout=60s");
}

describeFaults("the injection of sidecars", [
    {
        what: "a source without a sidecar",
        inject: (lab) => {
            const path = "/spec/template/metadata/labels/sidecar.istio.io~1inject";
            patch(lab, "demo", "deployment/frontend", { op: "add", path, value: "false" });
            kubectl(lab, "rollout", "status", "deployment/frontend", "-n", "demo", "--timeout=60s");
        },
        id: "sidecar-missing",
        segment: "entry",
        got: /sidecar\.istio\.io\/inject is "false"$/,
        full: true,
    },
    {
        what: "a target without a sidecar, in a namespace that lost its label",
        inject: (lab) => {
            kubectl(lab, "label", "namespace", "demo", "istio-injection-");
            restartBackend(lab);
        },
        id: "sidecar-missing",
        segment: "routing",
        got: /the namespace demo has no label that enables injection$/,
    },
    {
        what: "a namespace with the label of a revision that there is not",
        inject: (lab) => {
            kubectl(lab, "label", "namespace", "demo", "istio-injection-", "istio.io/rev=1-20", "--overwrite");
            restartBackend(lab);
        },
        id: "sidecar-missing",
        segment: "routing",
        got: /^none, because the namespace demo names the revision 1-20, but webhooks exist only for default$/,
        full: true,
    },
    {
        what: "a pod that is older than its namespace's label",
        inject: (lab) => {
            kubectl(lab, "label", "namespace", "demo", "istio-injection-");
            restartBackend(lab);
            kubectl(lab, "label", "namespace", "demo", "istio-injection=enabled");
        },
        id: "sidecar-missing",
        segment: "routing",
        got: /^none, although its namespace enables injection: the pod is older than the label/,
        full: true,
    },
    {
        what: "a target in the node's network",
        inject: (lab) => {
            useNodeNetwork(lab, { op: "add", path: "/spec/template/spec/hostNetwork", value: true });
        },
        id: "sidecar-missing",
        segment: "routing",
        got: /^none, because the pod uses the node's network/,
        mend: (lab) => {
            useNodeNetwork(lab, { op: "remove", path: "/spec/template/spec/hostNetwork" });
        },
        full: true,
    },
]);
