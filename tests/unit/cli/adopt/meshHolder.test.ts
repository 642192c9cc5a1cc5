import assert from "node:assert/strict";
import { ADDED_ANNOTATION } from "../../../../cli/adopt/addedProvider";
import {
    aksHolder,
    changeHolder,
    readAddedProvider,
    sailHolder,
    type HolderChange,
} from "../../../../cli/adopt/meshHolder";
import { openClient, type ClusterClient } from "../../../../shared/cluster/client";
import { openTarget } from "../../../../shared/cluster/target";
import { mapAt } from "../../../../shared/values/plainObjects";
import { ObjectServer } from "./objectServer";
import { forbidden, startFakeCluster, type Answer } from "../../fakeCluster";

const PROVIDER = {
    name: "tracing",
    opentelemetry: { service: "jaeger-collector.traces.svc.cluster.local", port: 4317 },
};
const SAIL = sailHolder("default");
const AKS = aksHolder("aks-istio-system", "asm-1-27");

async function against<T>(answer: Answer, act: (client: ClusterClient) => Promise<T>): Promise<T> {
    const cluster = await startFakeCluster(answer);
    const client = await openClient(openTarget({ kubeconfig: cluster.kubeconfig }), 2);
    try {
        return await act(client);
    } finally {
        client.close();
        await cluster.close();
    }
}

describe("the object with a mesh configuration that its owner keeps", () => {
    let server: ObjectServer;
    beforeEach(() => {
        server = new ObjectServer();
        server.object = {
            apiVersion: "sailoperator.io/v1",
            kind: "Istio",
            metadata: { name: "default", uid: "u", resourceVersion: "4" },
            spec: { version: "v1.31.1" },
        };
    });
    const change = (kind: typeof SAIL, provider?: typeof PROVIDER, write = true): Promise<HolderChange> =>
        against(server.answer, (client) => changeHolder(client, kind, provider, write));

    it("gets the provider, tells it, and loses it again", async () => {
        assert.deepEqual(await change(SAIL, PROVIDER), { holder: "Istio default", action: "changed" });
        assert.deepEqual(await against(server.answer, (client) => readAddedProvider(client, SAIL)), PROVIDER);
        assert.equal((await change(SAIL, PROVIDER)).action, "none");
        assert.equal((await change(SAIL)).action, "changed");
        assert.deepEqual(server.object?.["spec"], { version: "v1.31.1" });
        assert.equal((await change(SAIL)).action, "none");
        assert.equal(server.writes, 2);
    });

    it("is only read if nothing may be written", async () => {
        assert.equal((await change(SAIL, PROVIDER, false)).action, "changed");
        assert.equal(server.writes, 0);
    });

    it("keeps what somebody else writes at the same moment", async () => {
        server.rivals = 3;
        assert.equal((await change(SAIL, PROVIDER)).action, "changed");
        assert.equal(mapAt(server.object, "spec")["rival"], 0);
        assert.ok(server.object?.metadata.annotations?.[ADDED_ANNOTATION]);
    });

    it("is left alone if somebody else writes it without end", async () => {
        server.rivals = Number.POSITIVE_INFINITY;
        await assert.rejects(change(SAIL, PROVIDER), { exitCode: 2, message: /somebody else changed it each time/ });
        assert.equal(server.object?.metadata.annotations, undefined);
    });

    it("is created if AKS has none yet, and deleted again", async () => {
        server.object = undefined;
        assert.equal((await change(AKS, PROVIDER)).action, "created");
        assert.match(String(mapAt(server.object, "data")["mesh"]), /jaeger-collector\.traces/);
        assert.equal((await change(AKS)).action, "deleted");
        assert.equal(server.object, undefined);
    });

    it("is missed if it belongs to a running istiod", async () => {
        server.object = undefined;
        await assert.rejects(change(SAIL, PROVIDER), { exitCode: 1, message: /Istio default: expected it to exist/ });
    });

    it("needs the rights to read and to write it", async () => {
        const reads: Answer = (request) => (request.method === "GET" ? server.answer(request) : forbidden("istios"));
        for (const answer of [() => forbidden("istios"), reads] satisfies Answer[]) {
            await assert.rejects(
                against(answer, (client) => changeHolder(client, SAIL, PROVIDER, true)),
                { exitCode: 2, message: /Istio default: expected an answer, got: .*cannot do that.*administrator/ },
            );
        }
        assert.equal(server.writes, 0);
    });
});
