import type { Cluster } from "../../../lab/cluster";
import { changeMesh, describeFaults, meshConfig, type Fault } from "./faults";
import { kubectl } from "../support/sharedLab";

/** Gives the frontend's pods an annotation with a proxy configuration of their own. */
function annotate(lab: Cluster, config: object): void {
    const annotations = { "proxy.istio.io/config": JSON.stringify(config) };
    const template = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
    kubectl(lab, "patch", "deployment/frontend", "-n", "demo", "--type=merge", "-p", template);
    kubectl(lab, "rollout", "status", "deployment/frontend", "-n", "demo", "--timeout=60s");
}

/** Adds to the mesh's defaultConfig, which pods read when they start. */
function addToMesh(lab: Cluster, config: object): void {
    changeMesh(lab, "defaultConfig", { ...(meshConfig(lab)["defaultConfig"] as object), ...config });
    // Until istiod injects it.
    kubectl(lab, "exec", "-n", "demo", "deploy/frontend", "-c", "frontend", "--", "sleep", "3");
    for (const name of ["frontend", "backend"]) {
        kubectl(lab, "rollout", "restart", `deployment/${name}`, "-n", "demo");
        kubectl(lab, "rollout", "status", `deployment/${name}`, "-n", "demo", "--timeout=60s");
    }
}

const WITHOUT_IDS = { proxyHeaders: { requestId: { disabled: true } } };

const FAULTS: Omit<Fault, "full">[] = [
    {
        what: "an annotation with which a sidecar creates no x-request-id",
        inject: (lab) => {
            annotate(lab, WITHOUT_IDS);
        },
        id: "request-id-disabled",
        segment: "sampling",
        got: /^proxyHeaders\.requestId\.disabled in its annotation .*, at any rate \(0 of [1-9]\d* here\)$/,
    },
    {
        what: "a mesh whose sidecars create no x-request-id",
        inject: (lab) => {
            addToMesh(lab, WITHOUT_IDS);
        },
        id: "request-id-disabled",
        segment: "sampling",
        got: /^proxyHeaders\.requestId\.disabled in defaultConfig of the mesh configuration: .*\(0 of [1-9]\d* here\)$/,
    },
    {
        what: "an annotation whose runtime value replaces the rate",
        inject: (lab) => {
            annotate(lab, { runtimeValues: { "tracing.random_sampling": "5" } });
        },
        id: "sampling-overridden",
        segment: "sampling",
        got: /^the runtime value tracing\.random_sampling 5 in its annotation proxy\.istio\.io\/config, /,
    },
    {
        what: "a mesh whose runtime values replace the rate",
        inject: (lab) => {
            addToMesh(lab, { runtimeValues: { "tracing.random_sampling": "0" } });
        },
        id: "sampling-overridden",
        segment: "sampling",
        got: /^the runtime value tracing\.random_sampling 0 in defaultConfig of the mesh configuration, /,
    },
    {
        what: "an annotation whose runtime value drops every trace",
        inject: (lab) => {
            annotate(lab, { runtimeValues: { "tracing.global_enabled": "0" } });
        },
        id: "sampling-capped",
        segment: "sidecar",
        got: /^the runtime value tracing\.global_enabled 0 in its annotation proxy\.istio\.io\/config, /,
    },
    {
        what: "a runtime value that somebody has set by Envoy's admin interface",
        inject: (lab) => {
            const path = "runtime_modify?tracing.random_sampling=0";
            kubectl(
                lab,
                "exec",
                "-n",
                "demo",
                "deploy/frontend",
                "-c",
                "istio-proxy",
                "--",
                "pilot-agent",
                "request",
                "POST",
                path,
            );
        },
        id: "sampling-overridden",
        segment: "sampling",
        got: /^the runtime value tracing\.random_sampling 0 in Envoy's admin interface \(runtime_modify\), /,
    },
    {
        what: "a runtime value that Envoy does not read",
        inject: (lab) => {
            annotate(lab, { runtimeValues: { "tracing.client_sampling": "0" } });
        },
        id: "runtime-value-unused",
        segment: "sampling",
        got: /^the runtime value tracing\.client_sampling 0 .*, which Envoy does not read, /,
    },
];

describeFaults(
    "the configuration of a proxy",
    FAULTS.map((fault) => ({ ...fault, full: true })),
);
