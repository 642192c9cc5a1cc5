import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { JaegerClient } from "../../../shared/jaeger/client";
import { listAt, textAt } from "../../../shared/values/plainObjects";
import type { Cluster } from "../../../lab/cluster";
import { shell } from "../doctor/examine";
import { healthy } from "../support/doctorSays";
import { outputInLab } from "../support/labServer";
import { freshContext, request } from "../support/mesh";
import { startOpenSearch, type SearchServer } from "../support/openSearch";
import { requestsFor } from "../support/requestsFor";
import { joined, missingIn, sendFor } from "../support/sentTraces";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";

const SYSTEM = ["-n", "istio-system"];
const BADGER = { "jaeger.storage": JSON.stringify({ type: "badger", size: "1Gi" }) };
const FRONTEND = { namespace: "demo", target: "deploy/frontend", container: "frontend", url: "http://backend/probe" };
const PAGE = join(__dirname, "..", "..", "..", "docs", "storage.md");
const NOTHING = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
/** A light load: five traces a second. */
const PAUSE_MS = 2000;
const SECONDS = 75;

describe("the move from a volume to a search engine, and back", () => {
    let lab: Cluster;
    let jaeger: JaegerClient;
    let server: SearchServer;
    let claims: string[];
    before(async function () {
        this.timeout(600_000);
        lab = await labWithProgram();
        jaeger = new JaegerClient(lab.jaegerUrl);
        server = await startOpenSearch(lab);
        assert.equal((await program(lab, "up", BADGER)).failed, undefined);
        claims = claimsNow();
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        kubectl(lab, "delete", "pvc", ...SYSTEM, "-l", "app=jaeger");
        await server.stop();
    });

    const search = (): Record<string, string> => ({
        "jaeger.storage": JSON.stringify({
            ...{ type: "opensearch", serverUrls: [server.url], username: server.login.username, tls: server.tls },
        }),
        "jaeger.roles": JSON.stringify({ collector: { min: 2 }, query: { min: 1 } }),
        jaegerStoragePassword: server.login.password,
    });
    const claimsNow = (): string[] =>
        kubectl(lab, "get", "pvc", ...SYSTEM, "-l", "app=jaeger", "-o", "jsonpath={.items[*].metadata.name}").split(
            " ",
        );
    const newTrace = async (): Promise<string> => {
        const { header, traceId } = freshContext();
        request(lab, header);
        await joined(jaeger, traceId);
        return traceId;
    };
    /** Changes the stack while requests and traces go on; returns the IDs of the acknowledged traces. */
    const moveTo = async (settings: Record<string, string>): Promise<string[]> => {
        const codes = requestsFor(lab, SECONDS, FRONTEND);
        const ids = await sendFor(
            lab,
            SECONDS,
            async () => {
                assert.equal((await program(lab, "up", settings)).failed, undefined);
            },
            PAUSE_MS,
        );
        assert.deepEqual(new Set(await codes), new Set(["200"]));
        const { summary } = await program(lab, "preview", settings);
        assert.deepEqual({ ...summary, same: 0 }, NOTHING);
        return ids;
    };
    const inSearch = async (ids: string[]): Promise<string[]> => {
        const query = "q=process.serviceName:sent.test&_source=traceID&size=10000";
        const found = await server.ask(`/jaeger-span-*/_search?${query}`);
        const stored = new Set(listAt(found, "hits", "hits").map((hit) => textAt(hit, "_source", "traceID")));
        return ids.filter((id) => !stored.has(id));
    };
    let before1: string;

    it("fails no request and loses no acknowledged trace; new ones are found, and old ones by what the docs say", async () => {
        before1 = await newTrace();
        const ids = await moveTo(search());
        await newTrace();
        await healthy(lab);
        const [claim = ""] = claims;
        assert.deepEqual(claimsNow(), claims);
        assert.equal(await jaeger.trace(before1), undefined);
        const [, manifest = ""] =
            /```yaml\n(apiVersion: v1\nkind: ConfigMap\nmetadata: \{ name: jaeger-old[^]*?)```/.exec(
                readFileSync(PAGE, "utf8"),
            ) ?? [];
        shell(lab, "kubectl apply -f -", manifest.replace("NAME-OF-THE-CLAIM", claim));
        kubectl(lab, "wait", "--for=condition=ready", "pod/jaeger-old", ...SYSTEM, "--timeout=60s");
        const ip = kubectl(lab, "get", "pod/jaeger-old", ...SYSTEM, "-o", "jsonpath={.status.podIP}");
        const isOld = async (id: string): Promise<boolean> => {
            const url = `http://${ip}:16686/api/traces/${id}`;
            const code = await outputInLab(lab, ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url]);
            return code === "200";
        };
        assert.ok(await isOld(before1));
        await eventually(30, async () => {
            const lost: string[] = [];
            for (const id of await missingIn(jaeger, ids)) if (!(await isOld(id))) lost.push(id);
            return lost.length === 0 || `${String(lost.length)} of ${String(ids.length)} traces are lost`;
        });
        shell(lab, "kubectl delete -f -", manifest.replace("NAME-OF-THE-CLAIM", claim));
    }).timeout(500_000);

    it("leads back the same way, to a new claim; what was in the search engine stays there", async () => {
        const ids = await moveTo(BADGER);
        await newTrace();
        await healthy(lab);
        assert.equal(claimsNow().length, claims.length + 1);
        assert.equal(await jaeger.trace(before1), undefined);
        await eventually(30, async () => {
            const lost = await inSearch(await missingIn(jaeger, ids));
            return lost.length === 0 || `${String(lost.length)} of ${String(ids.length)} traces are lost`;
        });
    }).timeout(500_000);
});
