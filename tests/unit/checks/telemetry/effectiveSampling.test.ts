import assert from "node:assert/strict";
import type { TelemetryObject, TracingBlock } from "../../../../checks/mesh/objects";
import { MESH, ROOT, sampling, telemetry, TO_TRACING, told } from "./samplingFixtures";

describe("effective sampling: which Telemetry decides", () => {
    const ROOT_SAYS = "5 to tracing by Telemetry istio-system/mesh-default, randomSamplingPercentage";
    const own = (percent: number, more: TracingBlock = {}): TelemetryObject =>
        telemetry("shop/sampling", { randomSamplingPercentage: percent, ...more });
    const aged = (one: TelemetryObject, creationTimestamp: string): TelemetryObject => ({
        ...one,
        metadata: { ...one.metadata, creationTimestamp },
    });
    const table: [string, Parameters<typeof sampling>, string][] = [
        ["the mesh-wide one where there is no other", [[ROOT]], ROOT_SAYS],
        ["none of another namespace", [[ROOT, telemetry("bank/own", { randomSamplingPercentage: 50 })]], ROOT_SAYS],
        [
            "the namespace's over the mesh-wide one, which still gives the provider",
            [[own(0.01), ROOT]],
            "0.01 to tracing by Telemetry shop/sampling, randomSamplingPercentage",
        ],
        [
            "the mesh-wide one for what the namespace's leaves out",
            [[ROOT, telemetry("shop/provider", { providers: [{ name: "OTHER" }] })]],
            "5 to other by Telemetry istio-system/mesh-default, randomSamplingPercentage",
        ],
        [
            "the last of several blocks",
            [
                [
                    telemetry("istio-system/a", [
                        { providers: TO_TRACING, randomSamplingPercentage: 3 },
                        own(4).spec?.tracing?.[0] ?? {},
                    ]),
                ],
            ],
            "4 to tracing by Telemetry istio-system/a, randomSamplingPercentage",
        ],
        [
            "the oldest of two without a selector",
            [
                [
                    ROOT,
                    aged(own(9), "2026-02-01T00:00:00Z"),
                    aged({ ...own(8), metadata: { namespace: "shop", name: "zz" } }, "2026-01-01T00:00:00Z"),
                ],
            ],
            "8 to tracing by Telemetry shop/zz, randomSamplingPercentage",
        ],
        [
            "the first by name of two of one age",
            [[ROOT, own(9), { ...own(8), metadata: { namespace: "shop", name: "a" } }]],
            "8 to tracing by Telemetry shop/a, randomSamplingPercentage",
        ],
        [
            "a zero, which is not the same as nothing",
            [[ROOT, own(0)]],
            "0 to tracing by Telemetry shop/sampling, randomSamplingPercentage",
        ],
        ["the mesh-wide one over a null", [[ROOT, telemetry("shop/n", { randomSamplingPercentage: null })]], ROOT_SAYS],
        [
            "the sampler of a provider over every rate",
            [[ROOT, own(1, { providers: [{ name: "vendor" }] })]],
            '100 to vendor by the sampler of the provider "vendor", which receives every trace',
        ],
        [
            "that of the root namespace for the root namespace itself",
            [[ROOT, own(9)], { namespace: "istio-system" }],
            ROOT_SAYS,
        ],
    ];
    for (const [name, given, expected] of table) {
        it(name, () => {
            assert.equal(told(...given), expected);
        });
    }
});

describe("effective sampling: one workload", () => {
    const selected = telemetry(
        "shop/cart",
        { randomSamplingPercentage: 70 },
        { selector: { matchLabels: { app: "cart" } } },
    );
    const gateway = telemetry(
        "shop/gw",
        { randomSamplingPercentage: 80 },
        { targetRefs: [{ kind: "Gateway", name: "edge" }] },
    );
    const former = telemetry(
        "shop/gw",
        { randomSamplingPercentage: 90 },
        { targetRef: { kind: "Gateway", name: "edge" } },
    );
    const EDGE = { "gateway.networking.k8s.io/gateway-name": "edge" };
    const table: [string, TelemetryObject[], Record<string, string>, number][] = [
        ["is met by a selector whose labels it has", [ROOT, selected], { app: "cart", version: "1" }, 70],
        ["is not met by a selector with another label", [ROOT, selected], { app: "till" }, 5],
        ["is met as a gateway by its name", [ROOT, gateway], EDGE, 80],
        ["is met as a gateway in the former spelling", [ROOT, former], EDGE, 90],
        ["is not met by a Telemetry of a gateway when it is none", [ROOT, gateway], { app: "edge" }, 5],
        [
            "is not met by a selector in the root namespace",
            [ROOT, { ...selected, metadata: { name: "a", namespace: "istio-system" } }],
            { app: "cart" },
            5,
        ],
    ];
    for (const [name, telemetries, labels, percent] of table) {
        it(name, () => {
            assert.equal(sampling(telemetries, { workload: { labels } }).client.percent, percent);
        });
    }

    it("counts for nothing where only the namespace is asked for", () => {
        assert.equal(sampling([ROOT, selected]).client.percent, 5);
    });
});

describe("effective sampling: a proxy's two sides", () => {
    it("are told apart by match.mode", () => {
        const split = telemetry("shop/split", [
            { match: { mode: "SERVER" }, randomSamplingPercentage: 1 },
            { match: { mode: "CLIENT" }, randomSamplingPercentage: 2, disableSpanReporting: true },
            { match: {}, customTags: { team: { literal: { value: "till" } } } },
        ]);
        const { client, server } = sampling([ROOT, split]);
        assert.deepEqual([server.percent, server.reporting], [1, true]);
        assert.deepEqual([client.percent, client.reporting], [0, false]);
        assert.deepEqual(client.decidedBy, {
            source: "telemetry",
            object: { namespace: "shop", name: "split" },
            field: "disableSpanReporting",
        });
        assert.deepEqual(Object.keys(server.customTags), ["team"]);
    });
});

describe("effective sampling: tags", () => {
    const tags = { team: { literal: { value: "shop" } } };
    const mesh = { ...MESH, defaultConfig: { tracing: { customTags: { former: { literal: { value: "x" } } } } } };

    it("of a namespace replace those of the mesh", () => {
        const root = telemetry("istio-system/m", { providers: TO_TRACING, customTags: { all: {} } });
        assert.deepEqual(sampling([root, telemetry("shop/t", { customTags: tags })]).client.customTags, tags);
    });

    it("of the proxy's configuration count where no Telemetry has any", () => {
        assert.deepEqual(Object.keys(sampling([ROOT], { mesh }).client.customTags), ["former"]);
        assert.deepEqual(
            sampling([telemetry("shop/t", { providers: TO_TRACING, customTags: tags })], { mesh }).client.customTags,
            tags,
        );
    });
});
