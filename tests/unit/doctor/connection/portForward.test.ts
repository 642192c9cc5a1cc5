import assert from "node:assert/strict";
import { openAccess } from "../../../../doctor/connection/access";
import { openQuery } from "../../../../doctor/evidence/query";
import type { Discovery } from "../../../../doctor/inventory/objects";
import { openClient } from "../../../../shared/cluster/client";
import { openTarget } from "../../../../shared/cluster/target";
import { forbidden, startFakeCluster, type Answer, type FakeCluster } from "../../fakeCluster";

const POD = {
    metadata: { name: "jaeger", namespace: "tracing", labels: { app: "jaeger" } },
    spec: { containers: [{ name: "jaeger" }, { name: "istio-proxy" }] },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
};
const SERVICE = {
    metadata: { name: "query", namespace: "tracing" },
    spec: { selector: { app: "jaeger" }, ports: [{ port: 16686 }] },
};
const DISCOVERY = { services: { value: [SERVICE] }, pods: { value: [POD] } } as unknown as Discovery;

describe("a Jaeger that only the mesh may ask", () => {
    let cluster: FakeCluster;
    const ask = async (answer: Answer): Promise<ReturnType<typeof openQuery> extends Promise<infer T> ? T : never> => {
        cluster = await startFakeCluster(answer);
        const target = openTarget({ kubeconfig: cluster.kubeconfig });
        const access = openAccess(await openClient(target, 1), target.config, 1);
        try {
            return await openQuery(access, DISCOVERY, undefined, {});
        } finally {
            access.close();
        }
    };
    afterEach(() => cluster.close());
    const refused: Answer = () => ({ status: 503, body: { message: "connection reset by peer" } });

    it("is nobody's fault where the user may not forward ports", async () => {
        const { client, problem, blind } = await ask((request) =>
            request.path.includes("/portforward") ? forbidden("pods") : refused(request),
        );
        assert.equal(client, undefined);
        assert.match(problem ?? "", /this user may not forward ports of pods \(pods\/portforward\)/);
        assert.match(blind ?? "", /--print-rbac/);
    });

    it("keeps nobody waiting where a forwarded port never comes about", async () => {
        const { client, problem } = await ask((request) =>
            request.path.includes("/portforward") ? "silence" : refused(request),
        );
        assert.equal(client, undefined);
        assert.match(problem ?? "", /no answer|closed/);
    });
});
