import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { provideOnDemand, type Cluster } from "../../../lab/cluster";
import { METRICS_SERVER_IMAGE, tagOf } from "../../../lab/images/names";
import { listAt } from "../../../shared/values/plainObjects";
import { eventually, kubectl } from "./sharedLab";

const MODULE = `sigs.k8s.io/metrics-server@${tagOf(METRICS_SERVER_IMAGE)}`;
const NODES = "/apis/metrics.k8s.io/v1beta1/nodes";

/** What differs from the module's manifests: the name of the image and the authority of the kubelet. */
const CONTAINER = {
    ...{ name: "metrics-server", image: METRICS_SERVER_IMAGE },
    args: [
        ...["--cert-dir=/tmp", "--secure-port=10250", "--metric-resolution=15s"],
        "--kubelet-preferred-address-types=InternalIP",
        "--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
    ],
};

/** Installs metrics-server and waits for its first figures; builds it first if needed. */
export async function installMetricsServer(lab: Cluster): Promise<void> {
    await provideOnDemand(lab, "metricsServer", () => undefined);
    withManifests((folder) => kubectl(lab, "apply", "-k", folder));
    kubectl(lab, "rollout", "status", "deployment/metrics-server", "-n", "kube-system", "--timeout=120s");
    kubectl(lab, "wait", "--for=condition=Available", "apiservice/v1beta1.metrics.k8s.io", "--timeout=60s");
    await eventually(60, () => {
        const known = listAt(JSON.parse(kubectl(lab, "get", "--raw", NODES)), "items");
        return Promise.resolve(known.length > 0 ? true : "metrics-server knows no node");
    });
}

/** Removes it, and the API that it serves. */
export function removeMetricsServer(lab: Cluster): void {
    withManifests((folder) => kubectl(lab, "delete", "--ignore-not-found", "-k", folder));
}

/** Gives a folder with its manifests to something. */
function withManifests(use: (folder: string) => void): void {
    const options = { encoding: "utf8", cwd: tmpdir() } as const;
    const { status, stdout, stderr } = spawnSync("go", ["mod", "download", "-json", MODULE], options);
    assert.equal(status, 0, stderr);
    const { Dir } = JSON.parse(stdout) as { Dir: string };
    const folder = mkdtempSync(join(tmpdir(), "metrics-server-"));
    const metadata = { name: "metrics-server", namespace: "kube-system" };
    const spec = { template: { spec: { containers: [CONTAINER] } } };
    const patch = JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec });
    const kustomization = { resources: [relative(folder, join(Dir, "manifests/base"))], patches: [{ patch }] };
    writeFileSync(join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
    try {
        use(folder);
    } finally {
        rmSync(folder, { recursive: true });
    }
}
