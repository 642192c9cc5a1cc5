import assert from "node:assert/strict";
import { checkRelease, releaseRevision, type ReleaseRevision } from "../../../../checks/cluster/helmReleases";
import { checkKubernetesVersion } from "../../../../checks/cluster/kubernetesVersion";
import { checkNamespaceFree, checkPodSecurity } from "../../../../checks/cluster/namespaces";
import { checkNodeArchitecture, checkNodeResources } from "../../../../checks/cluster/nodes";
import { checkRights } from "../../../../checks/cluster/rights";
import type { NodeObject } from "../../../../shared/kubernetes/objects";
import { parseQuantity } from "../../../../shared/kubernetes/quantities";

describe("the Kubernetes version", () => {
    it("is fine at both ends of the range that Istio supports", () => {
        for (const version of ["v1.32.0", "v1.34.1-gke.1829001", "v1.36.9+k3s1"]) {
            assert.deepEqual(checkKubernetesVersion(version, "1.31.1"), [], version);
        }
    });

    it("is an error below the range, and names the Istio that would fit", () => {
        const [finding] = checkKubernetesVersion("v1.31.7", "1.31.1");
        assert.equal(finding?.severity, "error");
        assert.match(finding.expected, /1\.32 to 1\.36/);
        assert.match(finding.cure, /\(1\.28, 1\.29\)/);
    });

    it("is a warning above the range", () => {
        assert.equal(checkKubernetesVersion("v1.37.0", "1.31.1")[0]?.severity, "warning");
        assert.equal(checkKubernetesVersion("v1.35.0", "1.28.4")[0]?.severity, "warning");
    });

    it("is not judged when the server or the Istio line is unknown", () => {
        assert.equal(checkKubernetesVersion("unknown", "1.31.1")[0]?.severity, "warning");
        assert.equal(checkKubernetesVersion("v1.36.0", "1.40.0")[0]?.severity, "info");
    });
});

describe("a Helm release of the program", () => {
    const revision = (number: number, status: string): ReleaseRevision => ({
        ...{ name: "istiod", namespace: "istio-system", revision: number, status },
    });

    it("is fine when it is deployed by this program, or not there", () => {
        assert.deepEqual(checkRelease([], "istiod", false), []);
        assert.deepEqual(checkRelease([revision(1, "superseded"), revision(2, "deployed")], "istiod", true), []);
        assert.deepEqual(checkRelease([revision(1, "failed")], "istio-base", true), []);
    });

    it("is an error when somebody else installed it under the same name", () => {
        const [finding] = checkRelease([revision(1, "deployed")], "istiod", false);
        assert.equal(finding?.id, "helm-release-owner");
        assert.match(finding.cure, /helm uninstall istiod -n istio-system/);
    });

    it("is to be repaired by our own command when an install, an upgrade or a rollback is pending", () => {
        for (const status of ["pending-install", "pending-upgrade", "pending-rollback"]) {
            const [finding] = checkRelease([revision(10, "deployed"), revision(11, status)], "istiod", true);
            assert.equal(finding?.severity, "error", status);
            assert.equal(finding.got, `status ${status} at revision 11`);
            assert.match(finding.cure, /npm run repair -- --stack STACK --yes, then pulumi up again$/);
        }
    });

    it("is to be removed by Helm when it is half way and not of this program", () => {
        const [finding] = checkRelease([revision(1, "pending-install")], "istiod", false);
        assert.match(finding?.cure ?? "", /helm uninstall istiod -n istio-system$/);
    });

    it("is to be destroyed further, or to be had back, when an uninstall never ended", () => {
        const [finding] = checkRelease([revision(1, "uninstalling")], "istiod", true);
        assert.equal(finding?.severity, "error");
        assert.match(finding.cure, /pulumi destroy.*npm run repair -- --stack STACK --yes, then pulumi up/);
    });

    it("is tried again after a failure when the stack knows it, and stands in the way otherwise", () => {
        const known = checkRelease([revision(1, "failed")], "istiod", true)[0];
        assert.equal(known?.severity, "warning");
        assert.match(known.cure, /pulumi up tries again/);
        assert.equal(checkRelease([revision(1, "failed")], "istiod", false)[0]?.severity, "error");
    });

    it("is read from the labels of Helm's Secret, and other Secrets are passed over", () => {
        const labels = { owner: "helm", name: "istiod", version: "3", status: "deployed" };
        const metadata = { name: "sh.helm.release.v1.istiod.v3", namespace: "istio-system", labels };
        assert.deepEqual(releaseRevision({ metadata }), revision(3, "deployed"));
        const times = { creationTimestamp: "1970-01-01T00:01:00Z", labels: { ...labels, modifiedAt: "90" } };
        assert.equal(releaseRevision({ metadata: { ...metadata, ...times } })?.changedAt, 90);
        assert.equal(releaseRevision({ metadata: { ...metadata, labels: {} } }), undefined);
        assert.equal(releaseRevision({ metadata: { ...metadata, labels: { ...labels, version: "x" } } }), undefined);
    });
});

describe("a namespace of the program", () => {
    const planned = { name: "demo", resourceName: "demo", setting: "demoNamespace" };
    const namespace = (metadata: object) => ({ metadata: { name: "demo", ...metadata } });

    it("is fine when it is free, made by Pulumi, or expected by an update", () => {
        assert.deepEqual(checkNamespaceFree(planned, undefined, false), []);
        assert.deepEqual(checkNamespaceFree(planned, namespace({}), true), []);
        const managedFields = [{ manager: "pulumi-kubernetes-12ab" }];
        assert.deepEqual(checkNamespaceFree(planned, namespace({ managedFields }), false), []);
    });

    it("is an error when somebody else made it, with the import and the setting as ways out", () => {
        const [finding] = checkNamespaceFree(planned, namespace({}), false);
        assert.equal(finding?.id, "namespace-free");
        assert.match(finding.cure, /demoNamespace.*pulumi import kubernetes:core\/v1:Namespace demo demo/);
    });

    it("is an error while it is being deleted, even in an update", () => {
        const going = namespace({ deletionTimestamp: "2026-01-01T00:00:00Z" });
        assert.equal(checkNamespaceFree(planned, going, true)[0]?.id, "namespace-terminating");
    });

    it("must not enforce a Pod Security level that refuses sidecars, unless Istio's CNI plugin is used", () => {
        const enforcing = (level: string) => namespace({ labels: { "pod-security.kubernetes.io/enforce": level } });
        assert.equal(checkPodSecurity(enforcing("restricted"), false)[0]?.got, "restricted");
        assert.equal(checkPodSecurity(enforcing("baseline"), false)[0]?.severity, "error");
        assert.deepEqual(checkPodSecurity(enforcing("privileged"), false), []);
        assert.deepEqual(checkPodSecurity(enforcing("restricted"), true), []);
        assert.deepEqual(checkPodSecurity(namespace({}), false), []);
        assert.deepEqual(checkPodSecurity(undefined, false), []);
    });
});

describe("rights", () => {
    const answer = (verb: string, resource: string, namespace: string | undefined, allowed = false) => ({
        ...{ verb, resource, namespace, allowed },
    });

    it("are fine when everything is allowed", () => {
        assert.deepEqual(checkRights([answer("create", "secrets", "istio-system", true)], "me"), []);
    });

    it("that are missing are named together, once for the cluster and once for each namespace", () => {
        const findings = checkRights(
            [
                answer("create", "namespaces", undefined),
                answer("create", "secrets", "istio-system"),
                answer("update", "secrets", "istio-system"),
                answer("get", "secrets", "istio-system", true),
                answer("create", "services", "istio-system"),
            ],
            "jane",
        );
        assert.deepEqual(
            findings.map(({ resource, got }) => `${resource}: ${got}`),
            [
                "rights in the whole cluster: denied to jane: create: namespaces",
                "rights in the namespace istio-system: denied to jane: create, update: secrets; create: services",
            ],
        );
        assert.match(findings[1]?.cure ?? "", /kubectl auth can-i create secrets -n istio-system$/);
    });

    it("to grant are a warning: whoever holds all of a role's rights may grant it without", () => {
        const [finding, ...more] = checkRights([answer("escalate", "clusterroles", undefined)], undefined);
        assert.deepEqual(more, []);
        assert.equal(finding?.severity, "warning");
        assert.equal(finding.got, "denied: escalate: clusterroles");
    });

    it("to grant are not named when the roles cannot be written anyway", () => {
        const findings = checkRights(
            [answer("create", "clusterroles", undefined), answer("bind", "clusterroles", undefined)],
            undefined,
        );
        assert.deepEqual(
            findings.map(({ severity }) => severity),
            ["error"],
        );
    });
});

describe("nodes", () => {
    const node = (cpu: string, memory: string, changes: Partial<NodeObject["spec"]> = {}): NodeObject => ({
        metadata: { name: "n" },
        spec: changes,
        status: {
            allocatable: { cpu, memory },
            nodeInfo: { architecture: "amd64" },
            conditions: [{ type: "Ready", status: "True" }],
        },
    });
    const pods = { istiod: { cpu: 0.5, memory: 2 ** 31 }, jaeger: { cpu: 0.1, memory: 2 ** 28 } };

    it("are fine when every pod fits", () => {
        assert.deepEqual(checkNodeResources([node("3920m", "8Gi")], pods, parseQuantity), []);
        assert.deepEqual(checkNodeArchitecture([node("1", "1Gi")]), []);
    });

    it("are too small when all requests exceed all nodes, or one pod exceeds every node", () => {
        const split = checkNodeResources([node("2", "1.2Gi"), node("2", "1.2Gi")], pods, parseQuantity);
        assert.deepEqual(
            split.map(({ expected }) => expected),
            ["one node with room for istiod, which requests 0.5 CPU and 2.0 GiB"],
        );
        assert.match(checkNodeResources([node("500m", "8Gi")], pods, parseQuantity)[0]?.expected ?? "", /0\.6 CPU/);
    });

    it("are not counted when they are cordoned, tainted or not ready", () => {
        const useless = [
            node("8", "8Gi", { unschedulable: true }),
            node("8", "8Gi", { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] }),
            { ...node("8", "8Gi"), status: { conditions: [{ type: "Ready", status: "False" }] } },
        ];
        assert.match(checkNodeResources(useless, pods, parseQuantity)[0]?.got ?? "", /3 nodes, none of them usable/);
        assert.match(checkNodeResources([], pods, parseQuantity)[0]?.got ?? "", /^no nodes$/);
    });

    it("of a processor without published images are named", () => {
        const foreign = { ...node("8", "8Gi"), status: { nodeInfo: { architecture: "s390x" } } };
        assert.equal(checkNodeArchitecture([node("8", "8Gi"), foreign])[0]?.got, "s390x on n");
    });
});
