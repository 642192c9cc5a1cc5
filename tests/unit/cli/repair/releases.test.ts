import assert from "node:assert/strict";
import { runRepair } from "../../../../cli/repair/index";
import { planRepair, type Circumstances, type StoredRevision } from "../../../../cli/repair/plan";
import { UserError } from "../../../../shared/terminal/errors";
import { startFakeCluster, type Answer, type FakeCluster } from "../../fakeCluster";

const CHANGED = 1_000_000;
const revision = (number: number, status: string, name = "istiod"): StoredRevision => ({
    ...{ name, namespace: "istio-system", revision: number, status, changedAt: CHANGED },
    secret: { name: `sh.helm.release.v1.${name}.v${String(number)}`, uid: "u", resourceVersion: "7" },
    byPulumi: true,
});
const later: Circumstances = {
    ...{ now: CHANGED + 360, timeoutSeconds: 300, abandoned: false, forget: [], managed: true },
    idle: false,
};
const stack = { urn: "urn:istiod", recorded: false, owned: true, dependents: [] };
const removed = (all: StoredRevision[], given: Partial<Circumstances> = {}): number[] | undefined =>
    planRepair(all, "istiod", { ...later, ...given })?.remove.map((one) => one.revision);

describe("the repair of a Helm release", () => {
    it("has nothing to do where none is half way", () => {
        assert.equal(removed([]), undefined);
        assert.equal(removed([revision(1, "pending-install", "istio-base")]), undefined);
        for (const status of ["deployed", "failed", "superseded"]) {
            assert.deepEqual(removed([revision(1, status)]), [], status);
            assert.equal(planRepair([revision(1, status)], "istiod", later)?.refused, false);
        }
    });

    it("takes back an install that never ended", () => {
        assert.deepEqual(removed([revision(1, "pending-install")]), [1]);
    });

    it("takes back only the last revision of an upgrade or a rollback that never ended", () => {
        for (const status of ["pending-upgrade", "pending-rollback"]) {
            const all = [revision(9, "superseded"), revision(11, status), revision(10, "deployed")];
            assert.deepEqual(removed(all), [11], status);
            assert.match(planRepair(all, "istiod", later)?.effect ?? "", /revision 10 becomes the current one again/);
        }
    });

    it("leaves a removal to pulumi destroy, and says how to have the release back", () => {
        const plan = planRepair([revision(2, "uninstalling")], "istiod", later);
        assert.deepEqual([plan?.remove, plan?.refused], [[], true]);
        assert.match(plan?.effect ?? "", /pulumi destroy.*npm run repair -- --forget istiod --yes/);
    });

    it("waits for as long as the operation may still be going on, unless it is told that nothing runs", () => {
        const all = [revision(1, "pending-install")];
        assert.deepEqual(removed(all, { now: CHANGED + 359 }), []);
        assert.match(
            planRepair(all, "istiod", { ...later, now: CHANGED + 300 })?.effect ?? "",
            /may still be running\. Wait 60 s, or add --abandoned/,
        );
        assert.deepEqual(removed(all, { now: CHANGED + 1, abandoned: true }), [1]);
        assert.deepEqual(removed(all, { now: CHANGED + 1, forget: ["istiod"] }), []);
    });

    it("does not wait for what Pulumi wrote when no run of the stack is at work", () => {
        const all = [revision(1, "pending-install")];
        const given = { now: CHANGED + 1, idle: true, stack: { ...stack, recorded: true, dependents: ["urn:demo"] } };
        assert.deepEqual(removed(all, given), [1]);
        assert.deepEqual(removed(all, { ...given, stack: { ...stack, owned: false } }), []);
        assert.deepEqual(removed(all, { ...given, stack: undefined }), []);
        assert.deepEqual(removed([{ ...revision(1, "pending-install"), byPulumi: false }], given), []);
    });

    it("has Pulumi remove an install or a removal that never ended, so that up and destroy both go on", () => {
        for (const status of ["pending-install", "uninstalling"]) {
            for (const recorded of [false, true]) {
                const plan = planRepair([revision(1, status)], "istiod", { ...later, stack: { ...stack, recorded } });
                assert.deepEqual(
                    [plan?.remove, plan?.refused, plan?.uninstall?.urn],
                    [[], false, "urn:istiod"],
                    status,
                );
                assert.equal(plan?.adopt?.urn, recorded ? undefined : "urn:istiod");
            }
        }
    });

    it("has Pulumi remove nothing that recorded resources need", () => {
        const needed = { ...stack, recorded: true, dependents: ["urn:telemetry"] };
        assert.deepEqual(removed([revision(1, "pending-install")], { stack: needed }), [1]);
        const plan = planRepair([revision(1, "uninstalling")], "istiod", { ...later, stack: needed });
        assert.deepEqual([plan?.uninstall, plan?.refused], [undefined, true]);
    });

    it("has Pulumi remove a release whose webhook waits for an istiod that is gone", () => {
        const plan = (obstructs: boolean, dependents: string[] = []) =>
            planRepair([revision(1, "deployed")], "istiod", {
                ...later,
                ...{ obstructs, stack: { ...stack, recorded: true, dependents } },
            })?.uninstall?.urn;
        assert.deepEqual([plan(true), plan(false), plan(true, ["urn:x"])], ["urn:istiod", undefined, undefined]);
    });

    it("takes a release into the state that an interrupted run installed, and no other", () => {
        for (const status of ["deployed", "failed"]) {
            const plan = (owned: boolean, recorded: boolean) =>
                planRepair([revision(1, status)], "istiod", { ...later, stack: { ...stack, owned, recorded } });
            assert.equal(plan(true, false)?.adopt?.urn, "urn:istiod");
            assert.equal(plan(false, false)?.adopt, undefined);
            assert.equal(plan(true, true)?.adopt, undefined);
        }
    });

    it("names a release that the stack may have installed, and leaves it to the user", () => {
        const doubted = { ...stack, owned: false, doubt: "it is too old" };
        const plan = planRepair([revision(1, "deployed")], "istiod", { ...later, stack: doubted });
        assert.deepEqual([plan?.adopt, plan?.refused], [undefined, true]);
        assert.match(plan?.effect ?? "", /it is too old.*pulumi import .*Release istiod istio-system\/istiod/);
    });

    it("forgets a release whole when it is told to", () => {
        const all = [revision(1, "superseded"), revision(2, "deployed"), revision(1, "deployed", "istio-base")];
        assert.deepEqual(removed(all, { forget: ["istiod"] }), [1, 2]);
        assert.deepEqual(removed(all, { forget: ["istio-base"] }), []);
    });

    it("never touches a release of others", () => {
        const plan = planRepair([revision(1, "pending-install")], "istiod", { ...later, managed: false });
        assert.deepEqual([plan?.remove, plan?.refused], [[], true]);
        assert.deepEqual(removed([revision(1, "deployed")], { managed: false, forget: ["istiod"] }), []);
    });
});

describe("the repair of a cluster's releases", () => {
    let cluster: FakeCluster;
    const secret = (status: string) => ({
        metadata: {
            name: "sh.helm.release.v1.istiod.v1",
            namespace: "istio-system",
            ...{ uid: "one", resourceVersion: "42" },
            creationTimestamp: "2026-01-01T00:00:00Z",
            labels: { owner: "helm", name: "istiod", version: "1", status },
        },
    });
    const bodies: string[] = [];
    const answer: Answer = ({ method, path, body }) => {
        if (method === "DELETE") bodies.push(body);
        if (path.includes("/secrets")) return { body: { items: [secret("pending-install")] } };
        if (path === "/api/v1/namespaces/istio-system")
            return { body: { metadata: { name: "istio-system", managedFields: [{ manager: "pulumi-kubernetes" }] } } };
        return undefined;
    };
    beforeEach(async () => {
        cluster = await startFakeCluster(answer);
        bodies.length = 0;
    });
    afterEach(() => cluster.close());
    const repair = (yes: boolean, forget: string[] = []) =>
        runRepair({ kubeconfig: cluster.kubeconfig, raw: {}, yes, abandoned: false, forget });

    it("writes nothing without --yes", async () => {
        const { repairs, removed: done } = await repair(false);
        assert.deepEqual([repairs[0]?.remove.length, done], [1, []]);
        assert.ok(cluster.requests.every((request) => request.startsWith("GET ")));
    });

    it("deletes the Secret as it was seen, and nothing else", async () => {
        assert.deepEqual((await repair(true)).removed, ["sh.helm.release.v1.istiod.v1"]);
        assert.deepEqual(
            cluster.requests.filter((request) => !request.startsWith("GET ")),
            ["DELETE /api/v1/namespaces/istio-system/secrets/sh.helm.release.v1.istiod.v1"],
        );
        assert.match(bodies[0] ?? "", /"preconditions":\{"uid":"one","resourceVersion":"42"\}/);
    });

    it("refuses to forget what is not a release of the program", async () => {
        await assert.rejects(
            repair(true, ["cert-manager"]),
            (error) =>
                error instanceof UserError && /istio-base or istiod for --forget, got cert-manager/.test(error.message),
        );
    });
});
