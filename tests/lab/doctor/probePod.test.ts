import assert from "node:assert/strict";
import { renderProbeJob } from "../../../doctor/probe/pod";
import type { Cluster } from "../../../lab/cluster";
import { apply } from "./faults";
import { FULL } from "../support/fullRun";
import { start, type Running } from "../support/command";
import { eventually, kubectl, labWithProgram } from "../support/sharedLab";

/** The backend has no HTTP client. */
const CALL = ["doctor", "--from", "deploy/backend", "-n", "demo", "--to", "http://backend", "--probe-pod"];

describe("the pod of the doctor's own", () => {
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
    });

    /** Names of what there is of it. */
    const left = (kinds = "jobs,pods"): string =>
        kubectl(lab, "get", kinds, "-n", "demo", "-l", "app=istio-tracing-doctor", "-o", "name");
    const goes = (seconds: number): Promise<true> =>
        eventually(seconds, () => Promise.resolve(left() === "" ? true : left()));
    /** A run that has started it. */
    const running = async (): Promise<Running> => {
        const run = start(...CALL);
        await eventually(30, () => Promise.resolve(left().includes("pod/") ? true : "no pod yet"));
        return run;
    };

    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        it(`goes before the doctor ends when that gets a ${signal}`, async () => {
            const { child, ended } = await running();
            // Ctrl-C reaches every process of a terminal, a supervisor's signal the first alone.
            process.kill(signal === "SIGINT" ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
            const { code, output } = await ended;
            assert.equal(code, 130, output);
            assert.equal(left("jobs"), "");
            await goes(20);
        });
    }

    // What the cluster does by itself takes as long as it may live.
    if (!FULL) return;

    it("goes by itself within two minutes when the doctor was killed", async () => {
        const { child, ended } = await running();
        process.kill(-(child.pid ?? 0), "SIGKILL");
        await ended;
        assert.notEqual(left("jobs"), "");
        await goes(150);
    });

    for (const native of ["true", "false"]) {
        it(`goes by itself, Job and all, where sidecars are ${native === "true" ? "native" : "containers"}`, async () => {
            const job = renderProbeJob("istio-tracing-doctor-left", { lifetimeSeconds: 15 }) as ProbeJob;
            job.spec.template.metadata.annotations = { "sidecar.istio.io/nativeSidecar": native };
            apply(lab, { ...job, metadata: { ...job.metadata, namespace: "demo" } });
            const containers = await eventually(30, () => {
                const [pod] = (
                    JSON.parse(
                        kubectl(lab, "get", "pods", "-n", "demo", "-o", "json", "-l", "app=istio-tracing-doctor"),
                    ) as { items: { spec: { containers: unknown[] } }[] }
                ).items;
                return Promise.resolve(pod?.spec.containers ?? "no pod yet");
            });
            assert.equal(containers.length, native === "true" ? 1 : 2);
            await goes(60);
        });
    }
});

interface ProbeJob {
    metadata: object;
    spec: { template: { metadata: { annotations?: Record<string, string> } } };
}
