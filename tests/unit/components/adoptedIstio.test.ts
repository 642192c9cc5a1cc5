import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import type { AdoptedIstioArgs } from "../../../components/adoptedIstio";
import { at } from "../../../shared/values/plainObjects";
import { recordRegistrations, type Registered } from "./registrations";

let registered: Registered[];
/** Resource options by name. */
const options: Record<string, pulumi.CustomResourceOptions> = {};

const PROVIDER = {
    name: "tracing",
    opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
};
const FORMER = {
    revision: "canary",
    meshConfig: { accessLogFile: "" },
    pilot: { resources: { requests: { cpu: "10m" } } },
};
const ARGS: AdoptedIstioArgs = {
    provider: PROVIDER,
    releases: {
        istiod: { name: "istiod-canary", namespace: "mesh", version: "1.30.2", values: FORMER },
        base: { name: "istio-base", namespace: "mesh-crds", version: "1.30.1", values: { defaultRevision: "canary" } },
    },
};

describe("an adopted Istio", () => {
    before(async () => {
        registered = await recordRegistrations();
    });
    const make = async (name: string, more: Partial<AdoptedIstioArgs> = {}): Promise<Registered[]> => {
        const { AdoptedIstio } = await import("../../../components/adoptedIstio");
        const note: pulumi.ResourceTransformation = ({ name: child, opts }) => {
            options[child] = opts;
            return undefined;
        };
        const { ready } = new AdoptedIstio(name, { ...ARGS, ...more }, { transformations: [note] });
        await new Promise((resolve) => ready.apply(resolve));
        await pulumi.runtime.disconnect();
        return registered.filter((one) => one.name.startsWith(`${name}-`) && one.type.endsWith(":Release"));
    };

    it("is its owner's releases, in their namespaces and versions, with the provider and nothing else", async () => {
        const [base, istiod] = await make("mesh");
        for (const [release, chart, values] of [
            [base, "base", { defaultRevision: "canary" }],
            [istiod, "istiod", { ...FORMER, meshConfig: { ...FORMER.meshConfig, extensionProviders: [PROVIDER] } }],
        ] as const) {
            const { name, namespace, version } = ARGS.releases[chart] ?? {};
            const inputs = release?.inputs ?? {};
            assert.deepEqual(
                [inputs["name"], inputs["namespace"], inputs["version"], inputs["chart"], inputs["values"]],
                [name, namespace, version, chart, values],
            );
            // Helm keeps so many revisions by itself; fewer would remove some of the owner's.
            assert.equal(inputs["maxHistory"], 10);
        }
    });

    it("is protected from a destroy while it has the provider, and never uninstalled", async () => {
        for (const { name } of await make("kept")) {
            const { protect, retainOnDelete } = options[name] ?? {};
            assert.deepEqual([protect, retainOnDelete], [true, true]);
        }
    });

    it("has its owner's values again once it is restored, and can leave the stack", async () => {
        const [base, istiod] = await make("restored", { state: "restored" });
        assert.deepEqual(at(istiod?.inputs, "values"), FORMER);
        for (const release of [base, istiod]) {
            const { protect, retainOnDelete } = options[release?.name ?? ""] ?? {};
            assert.deepEqual([protect, retainOnDelete], [false, true]);
        }
    });

    it("can be without a release of the CRDs", async () => {
        const { istiod } = ARGS.releases;
        assert.deepEqual(
            (await make("alone", { releases: { istiod } })).map(({ name }) => name),
            ["alone-istiod"],
        );
    });

    it("is refused with values that cannot be kept, and without a provider", async () => {
        const { resolveAdoptedIstio } = await import("../../../components/adoptedIstio");
        const { istiod } = ARGS.releases;
        const withValues = (values: object) => ({
            ...ARGS,
            releases: { istiod: { ...istiod, values: { ...values } } },
        });
        assert.throws(() => resolveAdoptedIstio("x", withValues({ a: null })), /releases\.istiod\.values\.a/);
        assert.throws(
            () => resolveAdoptedIstio("x", withValues({ meshConfig: 1 })),
            /releases\.istiod\.values\.meshConfig/,
        );
        assert.throws(
            () => resolveAdoptedIstio("x", { ...ARGS, provider: {} }),
            /provider[\s\S]*an extension provider/,
        );
        assert.throws(
            () => resolveAdoptedIstio("x", { ...ARGS, releases: {} as never }),
            /releases[\s\S]*got: {6}no istiod/,
        );
        assert.throws(() => resolveAdoptedIstio("x", { ...ARGS, chartSource: "/nowhere" }), /istio\.chartSource/);
    });
});
