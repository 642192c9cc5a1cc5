import assert from "node:assert/strict";
import { headerVariables, renderExporters } from "../../../../components/render/tierBackends";
import { renderSamplerConfig } from "../../../../components/render/tierConfig";
import { tierBackends } from "../../../../components/settings/tier";
import type { CollectorTier } from "../../../../components/tier";
import { at, itemsAt, listAt, textAt } from "../../../../shared/values/plainObjects";
import { settingsOf } from "../settings/helpers";

function tierWith(settings: object, headers: Record<string, object> = {}): CollectorTier {
    const collectorTier = { enabled: true, keep: { restPercent: 1 }, ...settings };
    const { tier } = settingsOf({
        ...{ collectorTier: JSON.stringify(collectorTier), collectorTierHeaders: JSON.stringify(headers) },
    });
    assert.ok(tier);
    return tier;
}

const samplerConfig = (tier: CollectorTier): object =>
    renderSamplerConfig({ tier, namespace: "istio-system", clusterDomain: "cluster.local", backends: [] });

describe("the configuration of a Collector tier", () => {
    it("has a variable of its own for each header, whatever the names", () => {
        const address = "otel.example.com:4317";
        const headers = { vendor: { "eu-key": "a" }, "vendor-eu": { key: "b", "x-y": "c" } };
        const tier = tierWith({ backends: { vendor: { address }, "vendor-eu": { address } } }, headers);
        const backends = tierBackends(tier, undefined);
        const variables = headerVariables(backends);
        assert.equal(new Set(variables.map(({ variable }) => variable)).size, 3);
        const exporters = renderExporters(backends, {});
        for (const { variable, secretKey } of variables) {
            const [backend = "", header = ""] = secretKey.split(/\.(.*)/);
            assert.match(variable, /^[A-Z0-9_]+$/);
            assert.equal(textAt(exporters, `otlp_grpc/${backend}`, "headers", header), `\${env:${variable}}`);
        }
    });

    it("has the texts of a stack as they are, and no variables in them", () => {
        const tier = tierWith({
            keep: {
                always: [{ attribute: "http.url", values: ["/pay/${id}"] }],
                never: [{ attribute: "tenant", values: ["$$"] }],
                policies: [{ name: "mine", type: "string_attribute", string_attribute: { key: "a", values: ["^b$"] } }],
            },
            resourceAttributes: { team: "${env:HEADER_0_0}" },
        });
        const { tail_sampling: sampling, resource } = at(samplerConfig(tier), "processors") as Record<string, object>;
        const [never, , always, , mine] = listAt(sampling, "policies");
        const [match] = listAt(never, "drop", "drop_sub_policy");
        assert.deepEqual(itemsAt(match, "string_attribute", "values"), ["$$$$"]);
        assert.deepEqual(itemsAt(always, "string_attribute", "values"), ["/pay/$${id}"]);
        assert.deepEqual(itemsAt(mine, "string_attribute", "values"), ["^b$$"]);
        assert.equal(listAt(resource, "attributes")[0]?.["value"], "$${env:HEADER_0_0}");
    });
});
