import assert from "node:assert/strict";
import { runPreflight } from "../../../cli/preflight";
import type { Cluster } from "../../../lab/cluster";
import { labSettings } from "../../../lab/program";
import { at, listAt, mapAt, type PlainObject } from "../../../shared/values/plainObjects";
import { forgetProgram, kubectl, program, sharedLab } from "../support/sharedLab";

const THEIRS = { owner: "platform" };
const PODS = {
    tolerations: [{ key: "dedicated", value: "mesh", effect: "NoSchedule" }],
    nodeSelector: { pool: "mesh" },
    priorityClassName: "platform-high",
    labels: { team: "tracing" },
    annotations: { "example.com/contact": "tracing@example.com" },
    serviceAccountAnnotations: { "example.com/role": "traces" },
};
/** What istiod makes for itself and leaves behind: its certificate authority, its revocation list and its elections of a leader. */
const WRITTEN_BY_ISTIOD =
    /^istio-(ca-(secret|root-cert|crl)|leader|ip-autoallocate|gateway-[a-z-]+|namespace-[a-z-]+)$/;
const ON_PLATFORM = {
    pods: JSON.stringify(PODS),
    ownNamespaces: JSON.stringify({ istio: { existing: true }, demo: { existing: true } }),
};

describe("a cluster with a platform team's rules", () => {
    let lab: Cluster;
    let node: string;
    const get = (...what: string[]): PlainObject =>
        JSON.parse(kubectl(lab, "get", ...what, "-o", "json")) as PlainObject;
    const labelsOf = (namespace: string): PlainObject => {
        const labels = mapAt(get("namespace", namespace), "metadata", "labels");
        return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== "kubernetes.io/metadata.name"));
    };
    const podsIn = (namespace: string): PlainObject[] => listAt(get("pods", "-n", namespace), "items");

    before(async () => {
        lab = await sharedLab();
        forgetProgram();
        assert.equal((await program(lab, "destroy")).failed, undefined);
        node = kubectl(lab, "get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
        kubectl(lab, "taint", "node", node, "dedicated=mesh:NoSchedule");
        kubectl(lab, "create", "priorityclass", PODS.priorityClassName, "--value=1000");
        for (const namespace of ["istio-system", "demo"]) {
            kubectl(lab, "create", "namespace", namespace);
            kubectl(lab, "label", "namespace", namespace, "owner=platform");
        }
    });
    after(async () => {
        await program(lab, "destroy");
        kubectl(lab, "taint", "node", node, "dedicated-");
        kubectl(lab, "label", "node", node, "pool-");
        kubectl(lab, "delete", "priorityclass", PODS.priorityClassName);
        kubectl(lab, "delete", "namespace", "--ignore-not-found", "istio-system", "demo", "--timeout=120s");
    });

    const preflight = async (further: Record<string, string>): Promise<string[]> => {
        const raw = { ...labSettings("ci", lab), ...further };
        const { findings } = await runPreflight({ kubeconfig: lab.kubeconfig, raw });
        return findings.map(({ id, resource }) => `${id}: ${resource}`);
    };

    it("is told by preflight what keeps the pods away, and whose the namespaces are", async () => {
        assert.deepEqual(await preflight({}), [
            "namespace-free: Namespace istio-system",
            "namespace-free: Namespace demo",
            "pods-tolerations: pods.tolerations",
        ]);
        assert.deepEqual(await preflight(ON_PLATFORM), ["pods-node-selector: pods.nodeSelector"]);
        kubectl(lab, "label", "node", node, "pool=mesh");
        assert.deepEqual(await preflight(ON_PLATFORM), []);
    });

    it("runs every pod where and as it wants it, in namespaces of its own", async () => {
        assert.equal((await program(lab, "up", ON_PLATFORM)).failed, undefined);
        const pods = ["istio-system", "demo"].flatMap(podsIn);
        assert.equal(pods.length, 4);
        for (const pod of pods) {
            const name = String(at(pod, "metadata", "name"));
            assert.deepEqual(at(pod, "spec", "nodeSelector"), PODS.nodeSelector, name);
            assert.equal(at(pod, "spec", "priorityClassName"), PODS.priorityClassName, name);
            assert.ok(
                listAt(pod, "spec", "tolerations").some(({ key }) => key === "dedicated"),
                name,
            );
            assert.equal(mapAt(pod, "metadata", "labels")["team"], "tracing", name);
            assert.equal(mapAt(pod, "metadata", "annotations")["example.com/contact"], "tracing@example.com", name);
            const account = get(
                "serviceaccount",
                "-n",
                String(at(pod, "metadata", "namespace")),
                String(at(pod, "spec", "serviceAccountName")),
            );
            assert.equal(mapAt(account, "metadata", "annotations")["example.com/role"], "traces", name);
        }
        const sidecars = podsIn("demo").map((pod) => listAt(pod, "spec", "initContainers").map(({ name }) => name));
        for (const names of sidecars) assert.ok(names.includes("istio-proxy"), names.join());
    });

    it("keeps its namespaces as they are, and a second update changes nothing", async () => {
        for (const namespace of ["istio-system", "demo"]) assert.deepEqual(labelsOf(namespace), THEIRS);
        const { summary } = await program(lab, "up", ON_PLATFORM);
        assert.deepEqual(
            { ...summary, same: 0, read: 0 },
            { create: 0, update: 0, replace: 0, delete: 0, same: 0, read: 0 },
        );
    });

    it("has its namespaces still after a destroy, without anything of the program's", async () => {
        assert.equal((await program(lab, "destroy")).failed, undefined);
        for (const namespace of ["istio-system", "demo"]) {
            assert.deepEqual(labelsOf(namespace), THEIRS);
            const left = get("deployments,services,serviceaccounts,configmaps,secrets", "-n", namespace);
            const names = listAt(left, "items").map((object) => String(at(object, "metadata", "name")));
            const kubernetes = ["default", "kube-root-ca.crt"];
            assert.deepEqual(
                names.filter((name) => !kubernetes.includes(name) && !WRITTEN_BY_ISTIOD.test(name)),
                [],
            );
        }
        kubectl(lab, "delete", "namespace", "istio-system", "demo", "--timeout=120s");
    });
});
