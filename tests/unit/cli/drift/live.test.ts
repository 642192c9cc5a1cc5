import assert from "node:assert/strict";
import { LiveObjects } from "../../../../cli/drift/live";
import { openClient } from "../../../../shared/cluster/client";
import { openTarget } from "../../../../shared/cluster/target";
import { startFakeCluster, type FakeCluster } from "../../fakeCluster";

const GROUP = "/apis/rbac.authorization.k8s.io/v1";
const NEWEST = "tracing-prometheus-0123abcd";
const ROLES: Record<string, string> = {
    "tracing-prometheus-ffffffff": "2026-01-01T00:00:00Z",
    [NEWEST]: "2026-01-02T00:00:00Z",
    "tracing-prometheus-of-others": "2026-01-03T00:00:00Z",
};

describe("an object of the plan to which the program gives no metadata", () => {
    let cluster: FakeCluster;
    let close: () => void;
    let live: LiveObjects;
    before(async () => {
        cluster = await startFakeCluster(({ path }) => {
            const [asked = ""] = path.split("?");
            if (asked === GROUP)
                return { body: { resources: [{ kind: "ClusterRole", name: "clusterroles", namespaced: false }] } };
            const items = Object.entries(ROLES).map(([name, creationTimestamp]) => ({
                metadata: { name, creationTimestamp },
            }));
            if (asked === `${GROUP}/clusterroles`) return { body: { items } };
            const found = items.find(({ metadata }) => asked === `${GROUP}/clusterroles/${metadata.name}`);
            return found && { body: found };
        });
        const client = await openClient(openTarget({ kubeconfig: cluster.kubeconfig }), 5);
        close = () => {
            client.close();
        };
        live = new LiveObjects(client);
    });
    after(async () => {
        close();
        await cluster.close();
    });
    const role = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", rules: [] };

    it("is found by the name that Pulumi made of the resource's", async () => {
        const named = await live.withName(role, "tracing-prometheus");
        assert.deepEqual(named["metadata"], { name: NEWEST });
        const found = await live.find(named);
        assert.deepEqual(found.live?.["metadata"], { name: NEWEST, creationTimestamp: ROLES[NEWEST] });
    });

    it("is named by what is known of its name where there is none", async () => {
        const named = await live.withName(role, "tracing-jaeger");
        const { name } = named["metadata"] as { name: string };
        assert.match(name, /^tracing-jaeger-/);
        assert.equal((await live.find(named)).live, undefined);
    });
});
