import assert from "node:assert/strict";
import type { Access } from "../../../../doctor/connection/access";
import { placementOf } from "../../../../doctor/probe/placement";
import { renderProbeJob, startProbePod } from "../../../../doctor/probe/pod";
import { at } from "../../../../shared/values/plainObjects";

const READY = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
const job = (name: string, creationTimestamp: string): unknown => ({
    metadata: { name, uid: `uid-${name}`, creationTimestamp },
});

/** A namespace with Jobs of other doctors; the clock of the API server shows 12:00. */
function namespaceWith(jobs: unknown[], deleted: string[]): Access {
    return {
        post: () => Promise.resolve({ value: job("own", "2026-01-01T12:00:00Z") }),
        get: (path: string) => {
            const pod = { metadata: { name: "p", namespace: "demo" }, status: READY };
            return Promise.resolve({ value: { items: path.includes("/jobs?") ? jobs : [pod] } });
        },
        delete: (_path: string, uid: string) => {
            deleted.push(uid);
            return Promise.resolve({ value: undefined });
        },
    } as unknown as Access;
}

describe("the Job of the doctor's own pod", () => {
    it("takes those with it that the cluster should have ended, and none that may be at work", async () => {
        const deleted: string[] = [];
        const jobs = [
            job("own", "2026-01-01T12:00:00Z"),
            job("young", "2026-01-01T11:58:00Z"),
            job("old", "2026-01-01T11:57:59Z"),
        ];
        const { remove } = await startProbePod(namespaceWith(jobs, deleted), "demo");
        assert.deepEqual(deleted, ["uid-old"]);
        await remove();
        assert.deepEqual(deleted, ["uid-old", "uid-own"]);
    });

    it("is removed once, however often that is asked for, and no signal is waited for any longer", async () => {
        const deleted: string[] = [];
        const before = process.listenerCount("SIGINT");
        const { remove } = await startProbePod(namespaceWith([], deleted), "demo");
        assert.equal(process.listenerCount("SIGINT"), before + 1);
        await Promise.all([remove(), remove()]);
        assert.deepEqual(deleted, ["uid-own"]);
        assert.equal(process.listenerCount("SIGINT"), before);
    });

    const SPEC = {
        nodeSelector: { pool: "mesh" },
        tolerations: [{ key: "dedicated", operator: "Exists" }],
        priorityClassName: "platform-high",
        imagePullSecrets: [{ name: "login" }],
    };
    /** The Job beside a pod of a cluster. */
    const templateBeside = async (pod: object): Promise<unknown> => {
        const items = [{ metadata: { name: "other" } }, { ...pod }];
        const access = { get: () => Promise.resolve({ value: { items } }) } as unknown as Access;
        const source = { metadata: { name: "frontend", namespace: "demo" } };
        return at(renderProbeJob("x", { placement: await placementOf(access, source) }), "spec", "template");
    };
    const jobBeside = async (pod: object): Promise<unknown> => at(await templateBeside(pod), "spec");

    it("runs where and as the pods that it stands in for, so that a platform's rules admit it", async () => {
        const affinity = { nodeAffinity: { a: 1 }, podAntiAffinity: { b: 2 } };
        const job = await jobBeside({ metadata: { name: "frontend" }, spec: { ...SPEC, affinity, nodeName: "n1" } });
        for (const [field, value] of Object.entries(SPEC)) assert.deepEqual(at(job, field), value, field);
        assert.deepEqual([at(job, "affinity"), at(job, "nodeName")], [{ nodeAffinity: { a: 1 } }, undefined]);
        assert.equal(at(job, "securityContext", "runAsUser"), 100);
    });

    it("names no user on OpenShift, which gives each namespace its own", async () => {
        const annotations = { "openshift.io/scc": "restricted-v2" };
        const job = await jobBeside({ metadata: { name: "frontend", annotations }, spec: {} });
        assert.deepEqual(
            [at(job, "securityContext", "runAsUser"), at(job, "securityContext", "runAsNonRoot")],
            [undefined, true],
        );
    });

    it("asks for the sidecar of the same control plane, where the pod names a revision itself", async () => {
        const labelsBeside = async (labels: object): Promise<unknown> =>
            at(await templateBeside({ metadata: { name: "frontend", labels }, spec: {} }), "metadata", "labels");
        assert.equal(at(await labelsBeside({ "istio.io/rev": "stable", app: "frontend" }), "istio.io/rev"), "stable");
        const plain = await labelsBeside({ app: "frontend" });
        assert.deepEqual([at(plain, "istio.io/rev"), at(plain, "sidecar.istio.io/inject")], [undefined, "true"]);
    });

    it("runs anywhere if nothing is known of these pods", async () => {
        const job = await jobBeside({ metadata: { name: "another" }, spec: SPEC });
        assert.equal(at(job, "nodeSelector"), undefined);
    });
});
