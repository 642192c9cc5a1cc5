import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { kubectl } from "./sharedLab";

/** The version of the Gateway API on which the lab's Istio depends, so that its module is there already. */
const MODULE = "sigs.k8s.io/gateway-api@v1.6.0";
const KINDS = ["gatewayclasses", "gateways", "httproutes", "grpcroutes", "referencegrants"];

/** Installs the CRDs of the Gateway API, which its Go module contains. */
export function installGatewayApi(lab: Cluster): void {
    const options = { encoding: "utf8", cwd: tmpdir() } as const;
    const { status, stdout, stderr } = spawnSync("go", ["mod", "download", "-json", MODULE], options);
    assert.equal(status, 0, stderr);
    const { Dir } = JSON.parse(stdout) as { Dir: string };
    for (const file of crdFiles(Dir)) kubectl(lab, "apply", "--server-side", "-f", file);
    const names = KINDS.map((kind) => `crd/${kind}.gateway.networking.k8s.io`);
    kubectl(lab, "wait", "--for=condition=Established", "--timeout=60s", ...names);
}

/** Removes them, and every object of their kinds. */
export function removeGatewayApi(lab: Cluster): void {
    const names = KINDS.map((kind) => `${kind}.gateway.networking.k8s.io`);
    kubectl(lab, "delete", "crd", "--ignore-not-found", "--timeout=120s", ...names);
}

function crdFiles(folder: string): string[] {
    return KINDS.map((kind) => join(folder, "config/crd/standard", `gateway.networking.k8s.io_${kind}.yaml`));
}
