import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { runDoctor, type Diagnosis, type DoctorOptions } from "../../../doctor";
import type { DoctorFinding } from "../../../doctor/segments";
import type { Cluster } from "../../../lab/cluster";

/** Lets the doctor look at the lab. */
export function examine(lab: Cluster, options: Partial<DoctorOptions> = {}): Promise<Diagnosis> {
    return runDoctor({ kubeconfig: lab.kubeconfig, requests: 100, ...options });
}

/** The doctor finds nothing at all. */
export async function assertHealthy(lab: Cluster, options: Partial<DoctorOptions> = {}): Promise<Diagnosis> {
    const diagnosis = await examine(lab, options);
    assert.deepEqual(diagnosis.findings, []);
    assert.deepEqual(
        diagnosis.segments.filter(({ state }) => state !== "ok"),
        [],
    );
    assert.ok(diagnosis.healthy);
    return diagnosis;
}

/** Runs a cure as the doctor printed it. */
export function applyCure(lab: Cluster, { id, commands }: DoctorFinding): void {
    assert.notEqual(commands.length, 0, `${id} prints no command`);
    for (const command of commands) shell(lab, command);
}

/** Runs a line as a user would, with kubectl on the PATH. */
export function shell(lab: Cluster, command: string, input = ""): string {
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
        encoding: "utf8",
        input,
        env: {
            ...process.env,
            KUBECONFIG: lab.kubeconfig,
            PATH: `${lab.artifacts.binDir}${delimiter}${process.env["PATH"] ?? ""}`,
        },
    });
    assert.equal(status, 0, `${command}: ${stderr}`);
    return stdout;
}
