import type { Cluster } from "../../../lab/cluster";
import { eventually, kubectl } from "./sharedLab";

const SYSTEM = ["-n", "istio-system"];

/** So little CPU that a lab's load asks for more pods. */
export const LITTLE_CPU = { requests: { cpu: "20m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } };

/** Lets an autoscaler take pods away at once: Kubernetes waits 5 minutes, which a test need not. */
export function shrinkAtOnce(lab: Cluster, name: string): void {
    const patch = JSON.stringify({ spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } });
    kubectl(lab, "patch", `hpa/${name}`, ...SYSTEM, "--type=merge", "-p", patch);
}

/** Waits until an autoscaled Deployment has the right number of ready pods. */
export function scales(lab: Cluster, name: string, isRight: (pods: number) => boolean): Promise<void> {
    const path = "jsonpath={.status.readyReplicas}";
    return eventually(240, async () => {
        const pods = Number(kubectl(lab, "get", `deployment/${name}`, ...SYSTEM, "-o", path));
        if (isRight(pods)) return undefined;
        // kubectl itself would be a load.
        await new Promise((resolve) => setTimeout(resolve, 2000));
        return `${String(pods)} pods: ${kubectl(lab, "get", `hpa/${name}`, ...SYSTEM, "--no-headers")}`;
    });
}
