import assert from "node:assert/strict";
import { runPreflight } from "../../../../cli/preflight/index";
import { emptyCluster, startFakeCluster, type FakeCluster } from "../../fakeCluster";

const KINDS = ["Prometheus", "ServiceMonitor", "PodMonitor", "PrometheusRule"];

describe("preflight of a cluster, with and without the Prometheus operator", () => {
    let cluster: FakeCluster | undefined;
    afterEach(() => cluster?.close());
    const found = async (raw: Record<string, string>, kinds: string[]): Promise<string[]> => {
        const resources = kinds.flatMap((kind) => [{ kind }, { kind, name: "status" }]);
        cluster = await startFakeCluster((request) =>
            request.path === "/apis/monitoring.coreos.com/v1"
                ? kinds.length === 0
                    ? { status: 404, body: {} }
                    : { body: { resources } }
                : emptyCluster(request),
        );
        const { findings } = await runPreflight({ raw, kubeconfig: cluster.kubeconfig });
        return findings.map(({ id, severity, got }) => `${severity} ${id}: ${got}`);
    };

    it("refuses a stack with objects for an operator that is not there", async () => {
        assert.deepEqual(await found({ metrics: '{"operator":"jaeger"}' }, []), [
            "error prometheus-operator: none of its CRDs",
        ]);
    });

    it("names the setting for a stack with dashboards where the operator is", async () => {
        assert.deepEqual(await found({ metrics: '{"dashboards":true}' }, KINDS), ["info prometheus-operator: none"]);
    });

    it("says nothing where the setting fits the cluster", async () => {
        assert.deepEqual(await found({ metrics: '{"operator":"mesh"}' }, KINDS), []);
        await cluster?.close();
        assert.deepEqual(await found({ metrics: '{"dashboards":true}' }, []), []);
    });
});
