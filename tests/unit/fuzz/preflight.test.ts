import assert from "node:assert/strict";
import fc from "fast-check";
import { runPreflight } from "../../../cli/preflight";
import { formatJson, formatReport } from "../../../cli/preflight/report";
import { CannotLook } from "../../../shared/cluster/target";
import { UserError } from "../../../shared/terminal/errors";
import { emptyCluster, startFakeCluster, type Answer, type FakeCluster } from "../fakeCluster";
import { fuzzRuns, mutate, MUTATION, type Mutation } from "./mutate";

const OWNED = { "meta.helm.sh/release-name": "istiod", "meta.helm.sh/release-namespace": "istio-system" };
const meta = (name: string, more: object = {}): object => ({
    metadata: { name, namespace: "istio-system", uid: "u", ...more },
});

/** A cluster in which something of every kind is there already. */
const usedCluster: Answer = (request) => {
    const [path = ""] = request.path.split("?");
    const lists: [RegExp, object][] = [
        [
            /\/deployments$/,
            meta("istiod", { labels: { app: "istiod", "istio.io/rev": "default" }, annotations: OWNED }),
        ],
        [
            /webhookconfigurations$/,
            {
                ...meta("istio"),
                webhooks: [{ clientConfig: { service: { name: "istiod", namespace: "istio-system" } } }],
            },
        ],
        [
            /\/customresourcedefinitions$/,
            meta("telemetries.telemetry.istio.io", {
                annotations: OWNED,
                ownerReferences: [{ kind: "Istio", name: "x" }],
            }),
        ],
        [
            /\/secrets$/,
            meta("sh.helm.release.v1.istiod.v1", {
                labels: { owner: "helm", name: "istiod", status: "deployed", version: "1" },
            }),
        ],
        [/\/pods$/, { ...meta("web"), spec: { containers: [{ name: "app" }] }, status: { phase: "Running" } }],
        [
            /\/storageclasses$/,
            meta("standard", { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } }),
        ],
    ];
    const [, item] = lists.find(([pattern]) => pattern.test(path)) ?? [];
    if (item !== undefined) return { body: { items: [item] } };
    if (/\/namespaces\/[^/]+$/.test(path))
        return { body: meta("istio-system", { labels: { "istio-injection": "enabled" } }) };
    return emptyCluster(request);
};

describe("preflight, whatever the cluster answers", () => {
    let cluster: FakeCluster | undefined;
    afterEach(() => cluster?.close());

    it("comes to findings that every report can show, or says in words why it cannot look", async function () {
        this.timeout(600_000);
        let changes: { at: number; mutation: Mutation }[] = [];
        let count = 0;
        cluster = await startFakeCluster((request) => {
            const found = usedCluster(request);
            const change = changes.find(({ at }) => at === count);
            count++;
            if (change === undefined || found === undefined || found === "silence") return found;
            return { ...found, body: mutate(found.body, change.mutation) };
        });
        const { kubeconfig } = cluster;
        const change = fc.record({ at: fc.nat({ max: 30 }), mutation: MUTATION });
        let looked = 0;
        await fc.assert(
            fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (some) => {
                changes = some;
                count = 0;
                try {
                    const result = await runPreflight({ kubeconfig });
                    const call = { stack: undefined, context: undefined, kubeconfig: undefined };
                    assert.ok(formatReport(result, call).length + formatJson(result).length > 0);
                    looked++;
                } catch (error) {
                    if (!(error instanceof UserError || error instanceof CannotLook)) throw error;
                }
            }),
            { numRuns: fuzzRuns(100), seed: 14 },
        );
        assert.ok(looked > 50);
    });
});
