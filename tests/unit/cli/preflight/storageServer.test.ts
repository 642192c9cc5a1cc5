import assert from "node:assert/strict";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { storageServerOutcomes } from "../../../../cli/preflight/storageServer";
import { resolveSettings } from "../../../../components/settings";
import { createAuthority, createLeaf } from "../../../../shared/certificates/x509";
import { openClient } from "../../../../shared/cluster/client";
import { openTarget } from "../../../../shared/cluster/target";
import { emptyCluster, startFakeCluster, type FakeCluster } from "../../fakeCluster";

const NAME = "search.example.com";
const LOGIN = `Basic ${Buffer.from("jaeger:geheim").toString("base64")}`;
const ABOUT = JSON.stringify({ version: { number: "2.19.6", distribution: "opensearch" } });

describe("preflight of the storage's server", () => {
    const authority = createAuthority("search");
    let server: Server;
    let cluster: FakeCluster;
    let asked: (string | undefined)[] = [];
    let blocks = "{}";
    /** Paths below which the server has nothing. */
    let gaps: string[] = [];
    before(async () => {
        const usage = { subject: { commonName: NAME }, usage: "server" as const, addresses: [] };
        const leaf = createLeaf(authority, { ...usage, dnsNames: [NAME] });
        server = createServer({ cert: leaf.certificatePem, key: leaf.privateKeyPem }, (request, response) => {
            asked.push(request.headers.authorization);
            const isAbout = request.url === "/";
            const status = gaps.some((path) => request.url?.startsWith(path) === true) ? 404 : 200;
            response.writeHead(request.headers.authorization === LOGIN ? status : 401).end(isAbout ? ABOUT : blocks);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        cluster = await startFakeCluster((request) =>
            request.path === "/api/v1/namespaces/istio-system/configmaps/search-ca"
                ? { body: { metadata: { name: "search-ca" }, data: { "ca.crt": authority.certificatePem } } }
                : emptyCluster(request),
        );
    });
    after(async () => {
        await cluster.close();
        server.close();
    });
    beforeEach(() => {
        asked = [];
        gaps = [];
    });

    const outcome = async (
        password?: string,
        tls: object = { ca: "configmap:search-ca", serverName: NAME },
        url?: string,
        more: object = {},
    ): Promise<string> => {
        const port = String((server.address() as AddressInfo).port);
        const serverUrls = [url ?? `https://127.0.0.1:${port}`];
        const storage = { type: "opensearch", serverUrls, username: "jaeger", tls, ...more };
        const settings = resolveSettings({
            ...{ jaeger: JSON.stringify({ storage }), jaegerStoragePassword: "from the stack" },
        });
        const client = await openClient(openTarget({ kubeconfig: cluster.kubeconfig }), 5);
        const [only] = await storageServerOutcomes(settings, client, password);
        client.close();
        const { findings = [], passed = "", skipped = "" } = only ?? {};
        return [...findings.map(({ id, severity }) => `${severity} ${id}`), passed, skipped].filter(Boolean).join("; ");
    };

    it("logs in with the password of the environment, and says which server it is", async () => {
        assert.match(await outcome("geheim"), /^https:\/\/127\.0\.0\.1:\d+ is opensearch 2\.19\.6$/);
    });

    it("reports indices that a full disk has made read-only", async () => {
        blocks = '{"jaeger-span-2026-01-02":{"settings":{"index.blocks.read_only_allow_delete":"true"}}}';
        assert.equal(await outcome("geheim"), "error storage-read-only");
        blocks = "{}";
    });

    it("reports a lifecycle policy that the server does not have, and the alias behind which it would work", async () => {
        const ofPolicy = (type: string): Promise<string> =>
            outcome("geheim", undefined, undefined, { type, lifecyclePolicy: "jaeger" });
        assert.match(await ofPolicy("opensearch"), / is opensearch 2\.19\.6$/);
        gaps = ["/_plugins/_ism/policies/jaeger"];
        assert.equal(await ofPolicy("opensearch"), "error storage-policy");
        gaps = ["/_ilm/policy/jaeger", "/_alias/jaeger-span-write"];
        assert.equal(await ofPolicy("elasticsearch"), "error storage-policy; error storage-alias");
    });

    it("reports a wrong password, and tries none that it does not know", async () => {
        assert.equal(await outcome("falsch"), "error storage-login");
        assert.match(await outcome(), /^the server reveals nothing without the password: set JAEGER_STORAGE_PASSWORD$/);
        assert.equal(asked.at(-1), undefined);
    });

    it("reports a certificate of another authority, and one for another name", async () => {
        const other = createAuthority("another").certificatePem;
        assert.equal(await outcome("geheim", { ca: other, serverName: NAME }), "error storage-certificate");
        assert.equal(await outcome("geheim", { ca: authority.certificatePem }), "error storage-certificate");
        assert.deepEqual(asked, []);
    });

    it("warns of a server that does not answer here", async () => {
        assert.equal(await outcome("geheim", undefined, "https://127.0.0.1:1"), "warning storage-reachable");
    });

    it("asks nobody where Jaeger keeps its traces itself", async () => {
        const client = await openClient(openTarget({ kubeconfig: cluster.kubeconfig }), 5);
        assert.deepEqual(await storageServerOutcomes(resolveSettings({}), client, undefined), []);
        client.close();
    });
});
