import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";

/** Who sends requests, and where. */
export interface Sender {
    namespace: string;
    /** As `kubectl exec` takes it. */
    target: string;
    container: string;
    url: string;
}

/** Sends requests one after another for some seconds and returns their status codes. */
export function requestsFor(
    lab: Cluster,
    seconds: number,
    { namespace, target, container, url }: Sender,
): Promise<string[]> {
    const script =
        `end=$(($(date +%s) + ${String(seconds)})); while [ $(date +%s) -lt $end ]; do ` +
        `curl -s -o /dev/null -w '%{http_code}\\n' --max-time 5 '${url}?n=[1-20]'; done`;
    const args = ["exec", "-n", namespace, target, "-c", container, "--", "sh", "-c", script];
    const child = spawn(join(lab.artifacts.binDir, "kubectl"), args, {
        env: { ...process.env, KUBECONFIG: lab.kubeconfig },
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    return new Promise((resolve) => {
        child.on("close", () => {
            resolve(output.trim().split("\n"));
        });
    });
}
