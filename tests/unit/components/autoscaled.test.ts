import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { CollectorTier } from "../../../components/collectorTier";
import { Jaeger } from "../../../components/jaeger";
import { collectorTierArgs } from "../../../components/stackTier";
import type { JaegerStorage } from "../../../components/storage";
import { recordRegistrations } from "./registrations";
import { settingsOf } from "./settings/helpers";

const IGNORED = ["spec.replicas"];
const STORAGE: JaegerStorage = { type: "opensearch", serverUrls: ["https://search.example.com:9200"] };
const TIER = { "collectorTier.enabled": "true", "collectorTier.keep": '{"restPercent":1}' };

/** What each Deployment ignores, by its name. */
async function ignoredBy(create: (opts: pulumi.ComponentResourceOptions) => void): Promise<Record<string, unknown>> {
    const ignored: Record<string, unknown> = {};
    const note: pulumi.ResourceTransformation = ({ type, name, opts }) => {
        if (type.endsWith(":Deployment")) ignored[name] = opts.ignoreChanges;
        return undefined;
    };
    await recordRegistrations();
    create({ transformations: [note] });
    return ignored;
}

describe("an autoscaled Deployment", () => {
    it("of a role of Jaeger keeps the pods that its autoscaler wants, and a fixed one those of the settings", async () => {
        const varying = { min: 2, max: 6, cpuPercent: 75 };
        const roles = { collector: varying, query: { ...varying, max: 2 } };
        const ignored = await ignoredBy((opts) => {
            new Jaeger("jaeger", { namespace: "tracing", storage: STORAGE, roles }, opts);
        });
        assert.deepEqual(ignored, { "jaeger-collector": IGNORED, "jaeger-query": undefined });
    });

    it("of routers keeps the pods that its autoscaler wants, and a fixed one those of the settings", async () => {
        for (const [max, expected] of [
            [8, IGNORED],
            [4, undefined],
        ] as const) {
            const ignored = await ignoredBy((opts) => {
                const routers = JSON.stringify({ min: 4, max });
                const args = collectorTierArgs(settingsOf({ ...TIER, "collectorTier.routers": routers }));
                assert.ok(args);
                new CollectorTier("tier", { namespace: "tracing", ...args }, opts);
            });
            assert.deepEqual(ignored, { "tracing-router": expected });
        }
    });
});
