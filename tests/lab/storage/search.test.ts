import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { createAuthority, createLeaf } from "../../../shared/certificates/x509";
import type { EngineEvent } from "../../../lab/engine";
import { jaegerPod, startInLab } from "../support/jaegerPod";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";

const PORT = 19200;
/** With all that a configuration file of Jaeger would take for a variable. */
const PASSWORD = "pa$$s ${env:HOME} 5%";

interface Asked {
    method: string;
    url: string;
    authorization?: string;
    body: string;
}

for (const [type, tagline] of [
    ["elasticsearch", "You Know, for Search"],
    ["opensearch", "The OpenSearch Project: https://opensearch.org/"],
] as const) {
    describe(`traces in ${type}, by a stand-in of its server`, () => {
        let lab: Cluster;
        let folder: string;
        let server: ChildProcess;
        let authority: ReturnType<typeof createAuthority>;
        const asked: Asked[] = [];
        before(async () => {
            lab = await labWithProgram();
            folder = mkdtempSync(join(tmpdir(), "search-"));
            authority = createAuthority("search");
            const address = lab.identity.nodeAddress;
            const leaf = createLeaf(authority, {
                subject: { commonName: "search" },
                usage: "server",
                dnsNames: ["search.example.com"],
                addresses: [],
            });
            const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
            writeFileSync(files.cert, leaf.certificatePem);
            writeFileSync(files.key, leaf.privateKeyPem, { mode: 0o600 });
            server = startInLab(lab, "storage/searchServer.mjs", address, String(PORT), files.cert, files.key, tagline);
            let rest = "";
            server.stdout?.on("data", (chunk: Buffer) => {
                const lines = (rest + chunk.toString()).split("\n");
                rest = lines.pop() ?? "";
                asked.push(...lines.map((line) => JSON.parse(line) as Asked));
            });
        });
        after(async () => {
            server.kill();
            rmSync(folder, { recursive: true, force: true });
            assert.equal((await program(lab, "up")).failed, undefined);
        });

        const up = async (password: string): Promise<EngineEvent[]> => {
            const events: EngineEvent[] = [];
            const tls = { ca: authority.certificatePem, serverName: "search.example.com" };
            const serverUrls = [`https://${lab.identity.nodeAddress}:${String(PORT)}`];
            const storage = { type, serverUrls, indexPrefix: "lab", username: "jae$ger", tls };
            const settings = { "jaeger.storage": JSON.stringify(storage), jaegerStoragePassword: password };
            assert.equal((await program(lab, "up", settings, events)).failed, undefined);
            return events;
        };
        const credentials = (password: string): string => Buffer.from(`jae$ger:${password}`).toString("base64");

        it("are sent over TLS with the credentials, and nobody can read the password", async () => {
            const events = await up(PASSWORD);
            const written = await eventually(30, () => {
                const call = asked.find(({ url, body }) => url.startsWith("/_bulk") && body.includes("frontend.demo"));
                return Promise.resolve(call ?? "no span of the frontend arrives");
            });
            assert.match(written.body, /"_index":"lab-jaeger-span-/);
            const sent = new Set(asked.map(({ authorization }) => authorization));
            assert.deepEqual([...sent], [`Basic ${credentials(PASSWORD)}`]);

            const state = join(lab.identity.stateDir, "stacks", "ci.json");
            const read = {
                events: JSON.stringify(events),
                configMaps: kubectl(lab, "get", "configmaps", "-A", "-o", "yaml"),
                workload: kubectl(lab, "get", "deployments,replicasets,pods", "-n", "istio-system", "-o", "yaml"),
                log: kubectl(lab, "logs", "-n", "istio-system", "deploy/jaeger"),
                state: existsSync(state) ? readFileSync(state, "utf8") : "",
            };
            assert.ok(read.log.length > 100);
            const readable = [PASSWORD, Buffer.from(PASSWORD).toString("base64"), credentials(PASSWORD)];
            for (const [where, content] of Object.entries(read)) {
                assert.ok(!readable.some((secret) => content.includes(secret)), where);
            }
        });

        it("are sent with a new password by a new pod", async () => {
            const before = jaegerPod(lab).metadata.uid;
            await up("another");
            await eventually(30, () => {
                const last = asked.at(-1)?.authorization;
                return Promise.resolve(last === `Basic ${credentials("another")}` ? true : "the old one is sent");
            });
            assert.notEqual(jaegerPod(lab).metadata.uid, before);
        });
    });
}
