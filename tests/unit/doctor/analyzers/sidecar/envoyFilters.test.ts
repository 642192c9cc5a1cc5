import assert from "node:assert/strict";
import { examineFake } from "../../fakeMesh";

const FILTERS = "/apis/networking.istio.io/v1alpha3/envoyfilters";

interface Wish {
    namespace?: string;
    labels?: Record<string, string>;
    selector?: Record<string, string>;
    targetRefs?: object[];
}

/** An EnvoyFilter with one patch. */
function filter(name: string, configPatch: object, wish: Wish = {}): object {
    const { namespace = "demo", labels = {}, selector, targetRefs } = wish;
    return {
        metadata: { name, namespace, labels },
        spec: {
            ...(selector && { workloadSelector: { labels: selector } }),
            ...(targetRefs && { targetRefs }),
            configPatches: [configPatch],
        },
    };
}

const manager = (operation: string, value: object): object => ({
    applyTo: "NETWORK_FILTER",
    match: {
        context: "SIDECAR_OUTBOUND",
        listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } },
    },
    patch: { operation, value },
});
const lua = (name: string, context = "ANY", portNumber?: number): object => ({
    applyTo: "HTTP_FILTER",
    match: { context, ...(portNumber !== undefined && { listener: { portNumber } }) },
    patch: { operation: "INSERT_BEFORE", value: { name } },
});

describe("an EnvoyFilter by which a sidecar refuses its configuration", () => {
    const REFUSAL = "Didn't find a registered implementation for 'envoy.filters.http.nosuch' with type URL: ''";
    const named = async (...filters: object[]): Promise<[string | undefined, string | undefined]> => {
        const { findings } = await examineFake({
            objects: { [FILTERS]: filters },
            envoy: { refused: REFUSAL },
            lost: true,
        });
        const found = findings.find(({ id }) => id === "proxy-rejects-config");
        return [found?.resource, found?.got];
    };

    it("is named with what Envoy says, and istiod's log is not", async () => {
        const [resource, got] = await named(filter("a", lua("envoy.filters.http.nosuch")));
        assert.equal(resource, "EnvoyFilter demo/a");
        assert.match(got ?? "", /^Pod demo\/frontend-0 rejects its patch of 0\.0\.0\.0_80: Didn't find a registered/);
    });

    it("is told from others that patch the same listener by what Envoy names", async () => {
        const right = filter("right", lua("envoy.filters.http.nosuch"), { namespace: "istio-system" });
        const [resource] = await named(filter("other", lua("envoy.filters.http.lua")), right);
        assert.equal(resource, "EnvoyFilter istio-system/right");
    });

    it("is one of all that patch that listener, where Envoy's words name none", async () => {
        const [resource] = await named(filter("a", lua("x")), filter("b", lua("y")));
        assert.equal(resource, "EnvoyFilter demo/a, EnvoyFilter demo/b");
    });

    it("is none of another namespace, workload, revision, direction or port, nor of a gateway", async () => {
        const [resource] = await named(
            filter("elsewhere", lua("nosuch"), { namespace: "team-1" }),
            filter("workload", lua("nosuch"), { selector: { app: "batch" } }),
            filter("revision", lua("nosuch"), { labels: { "istio.io/rev": "canary" } }),
            filter("gateway", lua("nosuch"), { targetRefs: [{ kind: "Gateway", name: "edge" }] }),
            filter("inbound", lua("nosuch", "SIDECAR_INBOUND")),
            filter("port", lua("nosuch", "SIDECAR_OUTBOUND", 9000)),
            filter("cluster", { applyTo: "CLUSTER", patch: { operation: "MERGE", value: { name: "nosuch" } } }),
        );
        assert.equal(resource, "Pod demo/frontend-0");
    });
});

describe("an EnvoyFilter by which a sidecar has no tracer", () => {
    const named = async (one: object): Promise<string | undefined> => {
        const { findings } = await examineFake({ objects: { [FILTERS]: [one] }, envoy: { traced: false }, lost: true });
        return findings.find(({ id }) => id === "sidecar-not-tracing")?.resource;
    };

    it("is named where it sets tracing, or replaces the connection manager", async () => {
        const typed = (value: object): object => ({ typed_config: { "@type": "x", ...value } });
        assert.equal(await named(filter("a", manager("MERGE", typed({ tracing: {} })))), "EnvoyFilter demo/a");
        assert.equal(await named(filter("b", manager("MERGE", typed({ randomSampling: {} })))), "EnvoyFilter demo/b");
        assert.equal(await named(filter("c", manager("REPLACE", typed({ stat_prefix: "a" })))), "EnvoyFilter demo/c");
    });

    it("is not one that only speaks of tracing, or that counts for another workload", async () => {
        const speaks = { applyTo: "HTTP_FILTER", patch: { operation: "MERGE", value: { inline_code: "-- tracing" } } };
        assert.equal(await named(filter("a", speaks)), "Pod demo/frontend-0");
        const other = filter("b", manager("REMOVE", {}), { selector: { app: "batch" } });
        assert.equal(await named(other), "Pod demo/frontend-0");
    });
});
