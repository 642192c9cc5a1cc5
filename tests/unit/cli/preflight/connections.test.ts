import assert from "node:assert/strict";
import { createServer, type AddressInfo, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { storeOutcomes } from "../../../../cli/preflight/stores";
import { resolveSettings } from "../../../../components/settings";
import { createAuthority, createLeaf } from "../../../../shared/certificates/x509";
import { openClient } from "../../../../shared/cluster/client";
import { openTarget } from "../../../../shared/cluster/target";
import { emptyCluster, startFakeCluster, type FakeCluster } from "../../fakeCluster";

const NAME = "clickhouse.example.com";
const JAEGER = "docker.io/jaegertracing/jaeger:2.20.0";

describe("preflight of a storage whose protocol it does not speak", () => {
    const authority = createAuthority("storage");
    const servers: Server[] = [];
    let cluster: FakeCluster;
    before(async () => {
        cluster = await startFakeCluster(emptyCluster);
    });
    after(async () => {
        await cluster.close();
        for (const server of servers) server.close();
    });

    const listening = async (server: Server): Promise<string> => {
        servers.push(server.on("connection", (socket) => socket.on("error", () => undefined)));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    };
    const withTls = (): Promise<string> => {
        const usage = { subject: { commonName: NAME }, usage: "server" as const, addresses: [] };
        const leaf = createLeaf(authority, { ...usage, dnsNames: [NAME] });
        return listening(createTlsServer({ cert: leaf.certificatePem, key: leaf.privateKeyPem }));
    };
    const outcomes = async (storage: object): Promise<string[]> => {
        const settings = resolveSettings({
            jaeger: JSON.stringify({ storage }),
            images: JSON.stringify({ jaeger: JAEGER }),
        });
        const client = await openClient(openTarget({ kubeconfig: cluster.kubeconfig }), 5);
        const found = await storeOutcomes(settings, client, {});
        client.close();
        return found.flatMap(({ findings, passed }) => [
            ...findings.map(({ id, severity, cure }) => `${severity} ${id}: ${cure}`),
            ...(passed === undefined ? [] : [passed]),
        ]);
    };

    it("reaches every ClickHouse, and the certificate is that of the authority", async () => {
        const [plain, encrypted] = [await listening(createServer()), await withTls()];
        assert.deepEqual(await outcomes({ type: "clickhouse", servers: [plain] }), [`${plain} accepts connections`]);
        const tls = { ca: authority.certificatePem, serverName: NAME };
        assert.deepEqual(await outcomes({ type: "clickhouse", servers: [encrypted], tls }), [
            `${encrypted} accepts connections`,
        ]);
    });

    it("names a certificate that Jaeger would not trust", async () => {
        const tls = { ca: authority.certificatePem, serverName: "other.example.com" };
        const [only, ...more] = await outcomes({ type: "clickhouse", servers: [await withTls()], tls });
        assert.match(only ?? "", /^error storage-certificate: .*jaeger\.storage\.tls\.serverName/);
        assert.deepEqual(more, []);
    });

    it("names an endpoint of the storage API that cannot be reached, which its pods perhaps can", async () => {
        const [only] = await outcomes({ type: "remote", endpoint: "127.0.0.1:9" });
        assert.match(only ?? "", /^warning storage-reachable: .*jaeger\.storage\.endpoint/);
    });
});
