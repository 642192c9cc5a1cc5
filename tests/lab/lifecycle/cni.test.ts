import assert from "node:assert/strict";
import { runPreflight } from "../../../cli/preflight";
import { findDrift } from "../../../cli/drift/index";
import type { Cluster } from "../../../lab/cluster";
import { labSettings } from "../../../lab/program";
import { at, listAt, textAt, type PlainObject } from "../../../shared/values/plainObjects";
import { JaegerClient } from "../../../shared/jaeger/client";
import { setPaths } from "../../../shared/stacks/settingPaths";
import { examine } from "../doctor/examine";
import { freshContext, request } from "../support/mesh";
import { eventually, forgetProgram, kubectl, program, sharedLab } from "../support/sharedLab";

const ENFORCE = "pod-security.kubernetes.io/enforce";
const RESTRICTED = { labels: { [ENFORCE]: "restricted" } };
const WITH_CNI = {
    "istio.cni.mode": "install",
    ownNamespaces: JSON.stringify({ istio: RESTRICTED, demo: RESTRICTED }),
};
/** Jaeger with a sidecar of its own, in the namespace of istiod. */
const JAEGER_IN_MESH = { ...WITH_CNI, ui: JSON.stringify({ jaegerAccess: "mesh" }) };

describe("Istio's CNI plugin", () => {
    let lab: Cluster;
    const get = (...what: string[]): PlainObject =>
        JSON.parse(kubectl(lab, "get", ...what, "-o", "json")) as PlainObject;
    /** Those that stay: an update may still be ending the former ones. */
    const podsIn = (namespace: string): PlainObject[] =>
        listAt(get("pods", "-n", namespace), "items").filter(
            (pod) => at(pod, "metadata", "deletionTimestamp") === undefined,
        );
    const initContainers = (pod: PlainObject | undefined): unknown[] =>
        listAt(pod, "spec", "initContainers").map(({ name }) => name);

    before(async () => {
        lab = await sharedLab();
        forgetProgram();
        assert.equal((await program(lab, "destroy")).failed, undefined);
    });
    after(async () => {
        assert.equal((await program(lab, "destroy")).failed, undefined);
    });

    const preflight = async (overrides: Record<string, string>): Promise<string[]> => {
        const raw = setPaths(labSettings("ci", lab), overrides);
        const { findings } = await runPreflight({ kubeconfig: lab.kubeconfig, raw });
        return findings.map(({ id, resource }) => `${id}: ${resource}`);
    };

    it("is asked for before anything is written, where a level of Pod Security would refuse pods with sidecars", async () => {
        const { failed } = await program(lab, "up", { ownNamespaces: WITH_CNI.ownNamespaces });
        assert.match(failed ?? "", /ownNamespaces\.demo\.labels.*istio\.cni\.mode to install/s);
        assert.equal(kubectl(lab, "get", "namespace", "istio-system", "--ignore-not-found"), "");
        assert.deepEqual(await preflight(WITH_CNI), []);
    });

    it("lets pods with sidecars start in namespaces with Pod Security restricted, without istio-init", async () => {
        assert.equal((await program(lab, "up", WITH_CNI)).failed, undefined);
        for (const namespace of ["istio-system", "demo"])
            assert.equal(at(get("namespace", namespace), "metadata", "labels", ENFORCE), "restricted");
        const pods = podsIn("demo");
        assert.equal(pods.length, 2);
        for (const pod of pods) assert.deepEqual(initContainers(pod), ["istio-validation", "istio-proxy"]);
        const agent = get("daemonset", "istio-cni-node", "-n", "kube-system");
        assert.deepEqual([at(agent, "status", "desiredNumberScheduled"), at(agent, "status", "numberReady")], [1, 1]);
    });

    it("redirects their traffic, so that requests are traced from one pod to the other", async () => {
        const context = freshContext();
        assert.equal(request(lab, context.header), "200");
        const services = await eventually(30, async () => {
            const found = await new JaegerClient(lab.jaegerUrl).trace(context.traceId);
            const names = [...new Set((found?.spans ?? []).map(({ service }) => service))].sort();
            return names.length === 2 ? names : `spans of ${names.join(", ") || "nobody"}`;
        });
        assert.deepEqual(services, ["backend.demo", "frontend.demo"]);
    });

    it("leaves nothing to preflight, to drift and to a second update", async () => {
        assert.deepEqual(await preflight(WITH_CNI), []);
        const raw = setPaths(labSettings("ci", lab), WITH_CNI);
        assert.deepEqual((await findDrift({ raw, kubeconfig: lab.kubeconfig })).drifts, []);
        const { summary } = await program(lab, "up", WITH_CNI);
        assert.deepEqual(
            { ...summary, same: 0, read: 0 },
            { create: 0, update: 0, replace: 0, delete: 0, same: 0, read: 0 },
        );
    });

    it("lets Jaeger have a sidecar in the restricted namespace of istiod", async () => {
        assert.equal((await program(lab, "up", JAEGER_IN_MESH)).failed, undefined);
        const jaeger = podsIn("istio-system").find((pod) => textAt(pod, "metadata", "labels", "app") === "jaeger");
        assert.deepEqual(initContainers(jaeger), ["istio-validation", "istio-proxy"]);
        assert.equal((await program(lab, "up", WITH_CNI)).failed, undefined);
    });

    it("is missed by preflight and by the doctor where its agent is gone, and pods hang", async () => {
        kubectl(lab, "delete", "daemonset", "istio-cni-node", "-n", "kube-system", "--wait=true", "--timeout=120s");
        const isAgent = (pod: PlainObject): boolean =>
            textAt(pod, "metadata", "labels", "k8s-app") === "istio-cni-node";
        await eventually(120, () => Promise.resolve(!podsIn("kube-system").some(isAgent) || "the agent still runs"));
        kubectl(lab, "delete", "pod", "-n", "demo", "-l", "app=backend", "--timeout=120s");
        await eventually(120, () => {
            const [pod] = podsIn("demo").filter((one) => at(one, "metadata", "labels", "app") === "backend");
            const [status] = listAt(pod, "status", "initContainerStatuses");
            const reason = textAt(status, "state", "waiting", "reason") ?? "";
            return Promise.resolve(reason === "CrashLoopBackOff" || `istio-validation: ${JSON.stringify(status)}`);
        });
        assert.deepEqual(await preflight(WITH_CNI), [
            "cni-agent-exists: DaemonSets with the label k8s-app=istio-cni-node",
        ]);
        const { findings } = await examine(lab);
        const found = findings.find(({ id }) => id === "redirection-missing");
        assert.match(found?.got ?? "", /^1 in Init:CrashLoopBackOff, of backend: .*its agent runs nowhere/);
    });

    it("leaves nothing behind after a destroy", async () => {
        assert.equal((await program(lab, "destroy")).failed, undefined);
        assert.equal(kubectl(lab, "get", "clusterroles", "istio-cni", "--ignore-not-found"), "");
        assert.equal(
            kubectl(lab, "get", "configmap", "istio-cni-config", "-n", "kube-system", "--ignore-not-found"),
            "",
        );
        const records = kubectl(lab, "get", "secrets", "-n", "kube-system", "-l", "owner=helm,name=istio-cni");
        assert.equal(records, "");
    });
});
