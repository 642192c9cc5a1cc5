import assert from "node:assert/strict";
import { headerVariables, renderExporters } from "../../../../components/render/tierBackends";
import { renderRouterConfig, renderSamplerConfig } from "../../../../components/render/tierConfig";
import { tierBackends } from "../../../../components/settings/tier";
import type { CollectorTier } from "../../../../components/tier";
import { plain, planProgram } from "../../../../plan";
import { parseQuantity } from "../../../../shared/kubernetes/quantities";
import { secondsOf } from "../../../../shared/values/duration";
import { at, itemsAt, listAt, mapAt, textAt } from "../../../../shared/values/plainObjects";
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

    it("tries a sampler that refuses for some seconds before it sends a batch to all of them again", () => {
        const spec = { tier: tierWith({}), namespace: "istio-system", clusterDomain: "cluster.local", backends: [] };
        const exporter = mapAt(renderRouterConfig(spec), "exporters", "load_balancing");
        const inner = mapAt(exporter, "protocol", "otlp");
        assert.deepEqual(at(inner, "sending_queue"), { enabled: false });
        assert.equal(at(inner, "retry_on_failure", "enabled"), true);
        assert.ok(
            secondsOf(textAt(inner, "timeout") ?? "") <
                secondsOf(textAt(inner, "retry_on_failure", "max_elapsed_time") ?? ""),
        );
        assert.ok(Number(at(exporter, "sending_queue", "num_consumers")) >= 50);
    });

    it("has Go collect garbage before spans are refused", async () => {
        const { resources } = await planProgram({ collectorTier: '{"enabled":true,"layout":"single"}' });
        const sampler = resources.find(({ type }) => type.endsWith(":StatefulSet"));
        const [container] = listAt(plain(sampler?.inputs), "spec", "template", "spec", "containers");
        const limit = parseQuantity(textAt(container, "resources", "limits", "memory") ?? "") ?? 0;
        const [goLimit] = listAt(container, "env").filter(({ name }) => name === "GOMEMLIMIT");
        const limiter = mapAt(samplerConfig(tierWith({})), "processors", "memory_limiter");
        const refuses = Number(limiter["limit_percentage"]) - Number(limiter["spike_limit_percentage"]);
        assert.ok(Number(goLimit?.["value"]) < (limit * refuses) / 100);
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
