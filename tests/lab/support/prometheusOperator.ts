import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { kubectl } from "./sharedLab";

const MODULE = "github.com/prometheus-operator/prometheus-operator@v0.85.0";
const KINDS = ["servicemonitors", "podmonitors", "prometheusrules"];

/** Installs the CRDs of the Prometheus operator, which its Go module contains. The operator itself does not run. */
export function installOperatorCrds(lab: Cluster): void {
    const options = { encoding: "utf8", cwd: tmpdir() } as const;
    const { status, stdout, stderr } = spawnSync("go", ["mod", "download", "-json", MODULE], options);
    assert.equal(status, 0, stderr);
    const { Dir } = JSON.parse(stdout) as { Dir: string };
    for (const kind of KINDS) {
        const file = join(Dir, "example/prometheus-operator-crd", `monitoring.coreos.com_${kind}.yaml`);
        kubectl(lab, "apply", "--server-side", "-f", file);
    }
    const names = KINDS.map((kind) => `crd/${kind}.monitoring.coreos.com`);
    kubectl(lab, "wait", "--for=condition=Established", "--timeout=60s", ...names);
}

/** Removes them, and every object of their kinds. */
export function removeOperatorCrds(lab: Cluster): void {
    const names = KINDS.map((kind) => `${kind}.monitoring.coreos.com`);
    kubectl(lab, "delete", "crd", "--ignore-not-found", "--timeout=120s", ...names);
}
