import type { Cluster } from "../../../lab/cluster";
import { changeMesh, describeFaults, keepState, meshConfig } from "./faults";
import { kubectl } from "../support/sharedLab";

const SYSTEM = "istio-system";
const ADDRESS = "jaeger-collector.istio-system.svc.cluster.local:9411";

function setAddress(lab: Cluster, address: string): void {
    const defaultConfig = meshConfig(lab)["defaultConfig"] as object;
    changeMesh(lab, "defaultConfig", { ...defaultConfig, tracing: { sampling: 100, zipkin: { address } } });
}

function restart(lab: Cluster): void {
    for (const what of ["restart", "status"]) {
        for (const name of ["frontend", "backend"]) kubectl(lab, "rollout", what, `deployment/${name}`, "-n", "demo");
    }
}

let restore: (() => Promise<void>) | undefined;

describeFaults(
    "tracing set up the former way, by tracing.zipkin.address",
    [
        {
            what: "sidecars that still have the address of before",
            inject: (lab) => {
                setAddress(lab, "zipkin.istio-system:9411");
                restart(lab);
                setAddress(lab, ADDRESS);
            },
            id: "sidecar-outdated",
            segment: "sidecar",
            got: /^a sidecar that started with .*zipkin\.istio-system:9411/,
            full: true,
        },
    ],
    {
        enter: (lab) => {
            restore = keepState(lab);
            kubectl(lab, "delete", "telemetry", "mesh-default", "-n", SYSTEM);
            setAddress(lab, ADDRESS);
            restart(lab);
            return Promise.resolve({});
        },
        leave: async (lab) => {
            await restore?.();
            restart(lab);
        },
    },
);
