import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { listAll, openClient } from "../../../../shared/cluster/client";
import { openTarget } from "../../../../shared/cluster/target";
import { OBJECT } from "../../../../shared/kubernetes/shapes";
import { kubeconfigFor, startFakeCluster } from "../../fakeCluster";

const TIMEOUT_SECONDS = 0.4;

describe("the client of an API server", () => {
    it("never takes the wait for its turn for a slow answer", async () => {
        let most = 0;
        let open = 0;
        const server: Server = createServer((_, response) => {
            most = Math.max(most, ++open);
            setTimeout(() => {
                open--;
                response.end("{}");
            }, 100);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
        const client = await openClient(openTarget({ kubeconfig: kubeconfigFor(url) }), 2);
        try {
            // Together they take longer than one may: 8 at a time, each a tenth of a second.
            const answers = await Promise.all(Array.from({ length: 200 }, () => client.get("/version")));
            assert.deepEqual(
                answers.filter((answer) => "failure" in answer),
                [],
            );
            assert.ok(most > 1 && most <= 8, `${String(most)} at a time`);
        } finally {
            client.close();
            server.close();
        }
    });

    it("still says when an answer itself takes too long", async () => {
        const cluster = await startFakeCluster(() => "silence");
        const client = await openClient(openTarget({ kubeconfig: cluster.kubeconfig }), TIMEOUT_SECONDS);
        try {
            const answer = await client.get("/version");
            assert.equal("failure" in answer && answer.failure.kind, "unreachable");
        } finally {
            client.close();
            await cluster.close();
        }
    });

    it("reads a large collection page by page, to its end", async () => {
        const names = Array.from({ length: 1100 }, (_, index) => `pod-${String(index)}`);
        const cluster = await startFakeCluster(({ path }) => {
            const query = new URL(path, "http://any").searchParams;
            const from = Number(query.get("continue") ?? 0);
            const to = from + Number(query.get("limit") ?? names.length);
            const items = names.slice(from, to).map((name) => ({ metadata: { name } }));
            return { body: { items, metadata: to < names.length ? { continue: String(to) } : {} } };
        });
        const client = await openClient(openTarget({ kubeconfig: cluster.kubeconfig }), 5);
        try {
            const fact = await listAll(client, "/api/v1/pods?labelSelector=a", OBJECT);
            assert.deepEqual("value" in fact && fact.value?.map(({ metadata }) => metadata.name), names);
            assert.ok(cluster.requests.length > 1);
        } finally {
            client.close();
            await cluster.close();
        }
    });

    it("takes an empty list of metadata, which the API server writes as null, for an empty one", async () => {
        const cluster = await startFakeCluster(() => ({ body: { items: null, metadata: {} } }));
        const client = await openClient(openTarget({ kubeconfig: cluster.kubeconfig }), 5);
        try {
            assert.deepEqual(await listAll(client, "/apis/apps/v1/deployments", OBJECT), { value: [] });
        } finally {
            client.close();
            await cluster.close();
        }
    });
});
