import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { provideOnDemand, type Cluster } from "../../../lab/cluster";
import { applyCure } from "../doctor/examine";
import { healthy, named } from "../support/doctorSays";
import { startOpenSearch, type SearchServer } from "../support/openSearch";
import { kubectl, labWithProgram, program } from "../support/sharedLab";

const SYSTEM = ["-n", "istio-system"];
const CLEANER = "jaeger-index-cleaner";

/**
 * The server has no security plugin: TLS, the login and the rights are those of a proxy before it. Its disk is a real one
 * of its own, in memory.
 */
describe("a fault of the store behind Jaeger's roles", () => {
    let lab: Cluster;
    let server: SearchServer;
    /** What the stack knows of the server. */
    const known = { password: "", ca: "", serverName: "" };
    before(async function () {
        this.timeout(600_000);
        lab = await labWithProgram();
        await provideOnDemand(lab, "indexCleaner", () => undefined);
        server = await startOpenSearch(lab, 256);
        Object.assign(known, server.tls, { password: server.login.password });
        assert.equal((await up()).failed, undefined);
        await healthy(lab);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        await server.stop();
    });

    const up = (): ReturnType<typeof program> => {
        const { password, ...tls } = known;
        const server1 = { type: "opensearch", serverUrls: [server.url], indexPrefix: "lab", tls };
        return program(lab, "up", {
            "jaeger.storage": JSON.stringify({ ...server1, username: server.login.username, retentionHours: 24 }),
            "jaeger.roles": JSON.stringify({ collector: { min: 2 }, query: { min: 1 } }),
            jaegerStoragePassword: password,
        });
    };

    it("is a password that the server no longer takes: storage-login, cured by the new one", async () => {
        await server.guard({ password: "another" });
        const { got, cure, resource } = await named(lab, "storage-login");
        assert.match(resource, /^OpenSearch https:/);
        assert.match(got, /^at least [1-9]\d* failed attempts .*401/);
        assert.match(cure, /pulumi config set --secret jaegerStoragePassword, then: pulumi up/);
        known.password = "another";
        assert.equal((await up()).failed, undefined);
        await healthy(lab);
    }).timeout(500_000);

    it("is a certificate of another authority: storage-certificate, cured by that authority", async () => {
        const tls = await server.guard({ password: known.password, isRenewed: true });
        const { got, cure } = await named(lab, "storage-certificate");
        assert.match(got, /^at least [1-9]\d* failed attempts .*x509/);
        assert.match(cure, /openssl s_client -showcerts -connect .*jaeger\.storage\.tls\.ca/);
        Object.assign(known, tls);
        assert.equal((await up()).failed, undefined);
        await healthy(lab);
    }).timeout(500_000);

    it("is a server that is away: storage-reachable, cured by its start alone", async () => {
        const pods = ["get", "pods", ...SYSTEM, "-l", "app=jaeger", "-o", "name"];
        const before = kubectl(lab, ...pods);
        const start = await server.kill();
        const { got } = await named(lab, "storage-reachable");
        assert.match(got, /^at least [1-9]\d* failed attempts/);
        await start();
        await healthy(lab);
        assert.equal(kubectl(lab, ...pods), before);
    }).timeout(500_000);

    it("is a full disk: storage-read-only, cured by room on it", async () => {
        const disk = "cluster.routing.allocation.disk.threshold_enabled";
        await server.ask("/_cluster/settings", "PUT", {
            transient: { [disk]: true, "cluster.info.update.interval": "10s" },
        });
        const filler = join(server.data, "filler");
        const { bavail, blocks, bsize } = statfsSync(server.data);
        // A server blocks its indices when 5 percent are free.
        const bytes = Math.floor((bavail - 0.03 * blocks) * bsize);
        assert.equal(spawnSync("fallocate", ["-l", String(bytes), filler]).status, 0);
        const { got, cure } = await named(lab, "storage-read-only");
        assert.match(got, /^at least [1-9]\d* failed attempts .*(read-only|flood-stage)/);
        assert.match(cure, /_cat\/allocation.*index\.blocks\.read_only_allow_delete/);
        rmSync(filler);
        await healthy(lab);
    }).timeout(500_000);

    it("is an index without Jaeger's mapping: storage-schema, cured by the commands and a deletion", async () => {
        await server.ask("/_template/lab-jaeger-*", "DELETE");
        await server.ask("/lab-jaeger-*", "DELETE");
        const finding = await named(lab, "storage-schema");
        applyCure(lab, finding);
        const list = (await server.ask("/_cat/indices/lab-jaeger-span-*,lab-jaeger-service-*?format=json")) as {
            index: string;
        }[];
        for (const { index } of list) await server.ask(`/${index}`, "DELETE");
        await healthy(lab);
    }).timeout(500_000);

    it("is an index cleaner without its rights: index-cleaner-failing, cured by the rights and the commands", async () => {
        await server.guard({ password: known.password, forbidden: "GET /lab-jaeger-*" });
        kubectl(lab, "create", "job", "forbidden", ...SYSTEM, `--from=cronjob/${CLEANER}`);
        // A run is tried again, with longer and longer pauses.
        kubectl(lab, "wait", "--for=condition=failed", "job/forbidden", ...SYSTEM, "--timeout=240s");
        const finding = await named(lab, "index-cleaner-failing");
        assert.match(finding.got, /^1 runs that failed in a row; .*403/);
        await server.guard({ password: known.password });
        applyCure(lab, finding);
        await healthy(lab);
    }).timeout(500_000);
});
