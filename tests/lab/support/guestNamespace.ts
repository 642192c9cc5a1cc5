import type { Cluster } from "../../../lab/cluster";
import { FRONTEND_IMAGE } from "../../../components/versions";
import { kubectl } from "./sharedLab";

/** A namespace as another team has it, with a label of its own. */
export const GUEST = "shop";

/** Makes the namespace and a pod that runs before the program knows of it. */
export function makeGuest(lab: Cluster): void {
    kubectl(lab, "create", "namespace", GUEST);
    kubectl(lab, "label", "namespace", GUEST, "team=shop");
    startPod(lab, "bystander");
}

/** Removes the namespace; `sleep` would let its pods wait for their grace period. */
export function removeGuest(lab: Cluster): void {
    kubectl(lab, "delete", "pods", "-n", GUEST, "--all", "--grace-period=1");
    kubectl(lab, "delete", "namespace", GUEST, "--timeout=60s");
}

/** Starts a pod of the other team's, which waits to be told what to request. */
export function startPod(lab: Cluster, name: string): void {
    const image = ["--image", FRONTEND_IMAGE, "--image-pull-policy", "Never"];
    kubectl(lab, "run", name, "-n", GUEST, ...image, "--command", "--", "sleep", "3600");
    kubectl(lab, "wait", "-n", GUEST, "--for=condition=Ready", `pod/${name}`, "--timeout=60s");
}

/** Status codes of requests from a pod of the other team's to the demo's backend; 000 for none. */
export function ask(lab: Cluster, pod: string, count = 1): string[] {
    const script = `for i in $(seq ${String(count)}); do curl -s -o /dev/null -w '%{http_code} ' --max-time 5 http://backend.demo/guest || :; done`;
    return kubectl(lab, "exec", "-n", GUEST, pod, "-c", pod, "--", "sh", "-c", script).trim().split(" ");
}

/** Labels of the namespace, without the one that Kubernetes itself sets. */
export function guestLabels(lab: Cluster): Record<string, string> {
    const { metadata } = JSON.parse(kubectl(lab, "get", "namespace", GUEST, "-o", "json")) as {
        metadata: { labels: Record<string, string> };
    };
    return Object.fromEntries(
        Object.entries(metadata.labels).filter(([label]) => label !== "kubernetes.io/metadata.name"),
    );
}

/** UID and containers of every pod there, by name. */
export function guestPods(lab: Cluster): Record<string, { uid: string; sidecar: boolean }> {
    const { items } = JSON.parse(kubectl(lab, "get", "pods", "-n", GUEST, "-o", "json")) as {
        items: { metadata: { name: string; uid: string }; spec: { initContainers?: { name: string }[] } }[];
    };
    return Object.fromEntries(
        items.map(({ metadata, spec }) => {
            const sidecar = (spec.initContainers ?? []).some(({ name }) => name === "istio-proxy");
            return [metadata.name, { uid: metadata.uid, sidecar }];
        }),
    );
}
