import { apply, changeMesh, describeFaults, patch } from "./doctorFaults";
import { kubectl } from "./sharedLab";

const SYSTEM = "istio-system";

describeFaults("what is in no table of tracing faults", [
    {
        what: "a Sidecar resource that hides the collector",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "Sidecar",
                metadata: { name: "narrow", namespace: "demo" },
                spec: { egress: [{ hosts: ["./*"] }] },
            });
        },
        id: "collector-not-visible",
        segment: "export",
        got: /^egress to \.\/\* alone$/,
        full: true,
    },
    {
        what: "discoverySelectors that leave out the collector's namespace",
        inject: (lab) => {
            kubectl(lab, "label", "namespace", "demo", "mesh=yes");
            changeMesh(lab, "discoverySelectors", [{ matchLabels: { mesh: "yes" } }]);
        },
        id: "provider-host-unknown",
        segment: "sidecar",
        got: /in the namespace istio-system, which the mesh's discoverySelectors leave out$/,
        cleanUp: (lab) => {
            for (const namespace of ["demo", SYSTEM]) kubectl(lab, "label", "namespace", namespace, "mesh-");
        },
        full: true,
    },
    {
        what: "a Telemetry that keeps the context from the next hop",
        inject: (lab) => {
            const path = "/spec/tracing/0/disableContextPropagation";
            patch(lab, SYSTEM, "telemetry/mesh-default", { op: "add", path, value: true });
        },
        id: "trace-broken",
        segment: "propagation",
        got: /^2 roots: /,
        full: true,
    },
]);
