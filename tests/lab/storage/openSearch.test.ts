import assert from "node:assert/strict";
import { JaegerClient } from "../../../shared/jaeger/client";
import { provideOnDemand, type Cluster } from "../../../lab/cluster";
import { FULL } from "../support/fullRun";
import { assertHealthy } from "../doctor/examine";
import { freshContext, request } from "../support/mesh";
import { listAt, textAt } from "../../../shared/values/plainObjects";
import { startOpenSearch, type SearchServer } from "../support/openSearch";
import { joined, sendFor } from "../support/sentTraces";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";

const SYSTEM = ["-n", "istio-system"];
const PODS = ["get", "pods", ...SYSTEM, "-l", "app=jaeger,app.kubernetes.io/component"];
const CLEANER = ["cronjob/jaeger-index-cleaner", ...SYSTEM];
/** Pods of a role, by the word for it. */
const ROLES = ["collector", "query"] as const;

if (FULL)
    describe("traces in a real OpenSearch, by Jaeger in roles", () => {
        let lab: Cluster;
        let jaeger: JaegerClient;
        let server: SearchServer;
        before(async function () {
            this.timeout(600_000);
            lab = await labWithProgram();
            jaeger = new JaegerClient(lab.jaegerUrl);
            await provideOnDemand(lab, "indexCleaner", () => undefined);
            server = await startOpenSearch(lab);
            assert.equal((await up()).failed, undefined);
        });
        after(async () => {
            assert.equal((await program(lab, "up")).failed, undefined);
            await server.stop();
        });

        const up = (): ReturnType<typeof program> => {
            const { url, login, tls } = server;
            const storage = {
                type: "opensearch",
                serverUrls: [url],
                indexPrefix: "lab",
                username: login.username,
                tls,
            };
            return program(lab, "up", {
                "jaeger.storage": JSON.stringify({ ...storage, retentionHours: 24 }),
                "jaeger.roles": JSON.stringify({ collector: { min: 2 }, query: { min: 2 } }),
                jaegerStoragePassword: login.password,
            });
        };
        const podsOf = (role: string): string[] =>
            kubectl(lab, ...PODS.slice(0, -1), `app.kubernetes.io/component=${role}`, "-o", "name")
                .trim()
                .split("\n");
        /** Those of the traces that are not stored, by the server itself; it shows at most 10 000 spans. */
        const missing = async (ids: string[]): Promise<string[]> => {
            const query = "q=process.serviceName:sent.test&_source=traceID&size=10000";
            const found = await server.ask(`/lab-jaeger-span-*/_search?${query}`);
            const stored = new Set(listAt(found, "hits", "hits").map((hit) => textAt(hit, "_source", "traceID")));
            return ids.filter((id) => !stored.has(id));
        };

        it("are those of the mesh, found by ID and by search, and a second run changes nothing", async () => {
            const { header, traceId } = freshContext();
            request(lab, header);
            await joined(jaeger, traceId);
            // A search engine shows what it has written a moment later.
            await eventually(30, async () => {
                const services = await jaeger.services();
                const hasBoth = services.includes("frontend.demo") && services.includes("backend.demo");
                return hasBoth || `services: ${services.join()}`;
            });
            const { summary } = await up();
            assert.deepEqual({ ...summary, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
        });

        it("are where the doctor finds its own, without a finding about the roles", async () => {
            await assertHealthy(lab);
        }).timeout(120_000);

        it("are all there after every pod of each role was replaced in turn, if they were acknowledged", async () => {
            const ids = await sendFor(lab, 90, () => {
                for (const role of ROLES) {
                    for (const pod of podsOf(role)) {
                        kubectl(lab, "delete", pod, ...SYSTEM, "--wait=true");
                        kubectl(lab, "rollout", "status", `deployment/jaeger-${role}`, ...SYSTEM, "--timeout=60s");
                    }
                }
            });
            assert.ok(ids.length > 500 && ids.length < 10_000, `${String(ids.length)} traces were acknowledged`);
            await eventually(30, async () => {
                const lost = await missing(ids);
                return lost.length === 0 ? true : `${String(lost.length)} of ${String(ids.length)} are lost`;
            });
        }).timeout(200_000);

        it("are there after a kill -9 of OpenSearch, and new ones follow without a restart of Jaeger", async () => {
            const before = freshContext();
            request(lab, before.header);
            await joined(jaeger, before.traceId);
            const pods = kubectl(lab, ...PODS, "-o", "name");
            await server.killAndStart();
            await joined(jaeger, before.traceId);
            const after = freshContext();
            request(lab, after.header);
            await joined(jaeger, after.traceId);
            assert.equal(kubectl(lab, ...PODS, "-o", "name"), pods);
        }).timeout(200_000);

        it("are deleted by the job when they are old enough, and not before", async () => {
            const indices = async (): Promise<Map<string, string>> => {
                const found = await server.ask("/_cat/indices/lab-jaeger-*?format=json");
                const listed = found as { uuid: string; index: string }[];
                return new Map(listed.map(({ uuid, index }) => [uuid, index]));
            };
            const run = (name: string): void => {
                kubectl(lab, "create", "job", name, "--from=cronjob/jaeger-index-cleaner", ...SYSTEM);
                kubectl(lab, "wait", "--for=condition=complete", `job/${name}`, ...SYSTEM, "--timeout=60s");
            };
            assert.match(kubectl(lab, "get", ...CLEANER, "-o", "jsonpath={.spec.schedule}"), /^5 0 \* \* \*$/);
            const before = await indices();
            assert.ok([...before.values()].some((index) => index.startsWith("lab-jaeger-span-")));
            run("cleaner-now");
            for (const [uuid, index] of before) assert.ok((await indices()).has(uuid), index);
            // Nobody can make an index look older, so the job gets a shorter time instead.
            const days = "/spec/jobTemplate/spec/template/spec/containers/0/args/0";
            const patch = JSON.stringify([{ op: "replace", path: days, value: "0" }]);
            kubectl(lab, "patch", ...CLEANER, "--type=json", "-p", patch);
            run("cleaner-later");
            // The mesh goes on, so there are new indices of the same names.
            for (const [uuid, index] of before) assert.ok(!(await indices()).has(uuid), index);
        }).timeout(150_000);
    });
