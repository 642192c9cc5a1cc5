import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { dirname, join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { findHolder } from "../../../lab/cluster/holder";
import { listProcesses } from "../../../lab/cluster/processes";
import { kubectl } from "./sharedLab";

/** Jaeger's process in this lab, and in no other lab of the machine. */
export function jaegerProcess(lab: Cluster): number {
    const holder = findHolder(lab.identity.name);
    assert.ok(holder);
    const all = new Map(listProcesses().map((one) => [one.pid, one]));
    const inLab = (pid: number): boolean => {
        if (pid === holder.process.pid) return true;
        const parent = all.get(pid)?.parent;
        return parent !== undefined && parent !== 0 && inLab(parent);
    };
    const found = [...all.values()].filter(
        ({ pid, argv }) => argv.join(" ").includes("/etc/jaeger/config.yaml") && inLab(pid),
    );
    assert.equal(found.length, 1);
    return found[0]?.pid ?? 0;
}

interface JaegerPod {
    metadata: { name: string; uid: string; deletionTimestamp?: string };
    status: { podIP: string; containerStatuses: { restartCount: number }[] };
}

/** Jaeger's pod; one that is on its way out after a change does not count. */
export function jaegerPod(lab: Cluster): JaegerPod {
    const listed = kubectl(lab, "get", "pods", "-n", "istio-system", "-l", "app=jaeger", "-o", "json");
    const pods = (JSON.parse(listed) as { items: JaegerPod[] }).items;
    const [pod, ...more] = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    assert.ok(pod !== undefined && more.length === 0, `expected one pod of Jaeger, got ${String(pods.length)}`);
    return pod;
}

/** Lets nothing that Jaeger answers come to another pod, as a NetworkPolicy would; nodes still get through. */
export function cutOffJaeger(lab: Cluster, action: "add" | "del"): void {
    const halves = ["10.244.0.0/25", "10.244.0.128/25"];
    const script = halves.map((half) => `ip route ${action} blackhole ${half}`).join(" && ");
    const pid = String(jaegerProcess(lab));
    assert.equal(spawnSync("nsenter", ["--target", pid, "--net", "--", "sh", "-c", script]).status, 0);
}

/** Starts a script of tests/lab inside the lab's network; it ends by itself after ten minutes at the latest. */
export function startInLab(lab: Cluster, script: string, ...args: string[]): ChildProcess {
    const holder = String(findHolder(lab.identity.name)?.process.pid);
    const command = ["timeout", "600", process.execPath, join(dirname(__dirname), script), ...args];
    return spawn("nsenter", ["--target", holder, "--net", "--", ...command], { stdio: ["ignore", "pipe", "inherit"] });
}
