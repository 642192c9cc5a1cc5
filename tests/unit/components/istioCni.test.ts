import assert from "node:assert/strict";
import { resolveIstioCni, type IstioCniArgs } from "../../../components/istioCni";
import { ArgumentsError } from "../../../components/resolve";
import { planProgram, type Plan, type PlannedResource } from "../../../plan";
import { at, mapAt, type PlainObject } from "../../../shared/values/plainObjects";

const planWith = (istio: object, more: Record<string, string> = {}): Promise<Plan> =>
    planProgram({ istio: JSON.stringify(istio), ...more });
const named = ({ resources }: Plan, name: string): PlannedResource | undefined =>
    resources.find((one) => one.name === name && one.type.startsWith("kubernetes:"));
const valuesOf = (plan: Plan, name: string): PlainObject => mapAt(named(plan, name)?.inputs, "values");

describe("the setting istio.cni", () => {
    it("leaves everything as it is when it says nothing, or none", async () => {
        const sorted = ({ resources }: Plan): string[] => resources.map((one) => JSON.stringify(one)).sort();
        const without = sorted(await planProgram({}));
        assert.deepEqual(sorted(await planWith({ cni: {} })), without);
        assert.deepEqual(sorted(await planWith({ cni: { mode: "none" } })), without);
    });

    it("installs the plugin before istiod, whose pods then need no istio-init", async () => {
        const plan = await planWith({ cni: { mode: "install" } });
        const agent = named(plan, "istio-cni-agent");
        assert.deepEqual(
            [at(agent?.inputs, "name"), at(agent?.inputs, "namespace"), at(agent?.inputs, "chart")],
            ["istio-cni", "kube-system", "cni"],
        );
        assert.deepEqual(agent?.dependencies, ["istio-system"]);
        assert.ok(named(plan, "istio-base")?.dependencies.includes("istio-cni-agent"));
        assert.deepEqual(valuesOf(plan, "istio-istiod")["cni"], { enabled: true, provider: "default" });
    });

    it("restarts pods with sidecars when it turns the plugin on, and not when a folder of the nodes changes", async () => {
        const hashOf = async (cni: object): Promise<unknown> =>
            at(
                (await planWith({ cni })).resources.find(
                    ({ type, name }) => name === "backend" && type.endsWith(":Deployment"),
                )?.inputs,
                ...["spec", "template", "metadata", "annotations", "istio-tracing/sidecar-hash"],
            );
        const [off, on] = [await hashOf({}), await hashOf({ mode: "install" })];
        assert.notEqual(on, off);
        assert.equal(await hashOf({ mode: "install", binDir: "/var/lib/cni/bin" }), on);
        assert.equal(await hashOf({ mode: "installed" }), on);
    });

    it("uses a plugin that the cluster has, without installing one", async () => {
        const plan = await planWith({ cni: { mode: "installed", provider: "multus" } });
        assert.equal(named(plan, "istio-cni-agent"), undefined);
        assert.deepEqual(valuesOf(plan, "istio-istiod")["cni"], { enabled: true, provider: "multus" });
    });

    it("gives the agent what istiod has of the platform and the images", async () => {
        const global = { platform: "k3s", logAsJson: true, nativeNftables: true, meshID: "a" };
        const plan = await planWith(
            { cni: { mode: "install" }, values: { global } },
            { imageRegistry: "mirror.example.com", imagePullPolicy: "Always", pods: '{"imagePullSecrets":["login"]}' },
        );
        const { hub, tag, ...rest } = mapAt(valuesOf(plan, "istio-cni-agent"), "global");
        const istiod = mapAt(valuesOf(plan, "istio-istiod"), "global");
        assert.deepEqual([hub, tag], [istiod["hub"], istiod["tag"]]);
        assert.deepEqual(rest, {
            ...{ platform: "k3s", logAsJson: true, nativeNftables: true },
            ...{ imagePullPolicy: "Always", imagePullSecrets: ["login"] },
        });
    });

    it("leaves the folders of the nodes to the chart's platform, unless they are set", async () => {
        const openshift = { values: { global: { platform: "openshift" } } };
        const folders = async (cni: object): Promise<unknown[]> => {
            const found = mapAt(valuesOf(await planWith({ cni, ...openshift }), "istio-cni-agent"), "cni");
            return ["cniBinDir", "cniConfDir", "provider"].map((name) => found[name]);
        };
        assert.deepEqual(await folders({ mode: "install" }), [undefined, undefined, "multus"]);
        const own = { mode: "install", binDir: "/a/bin", confDir: "/a/conf" };
        // Below cni, where they count more than those that the platform brings.
        assert.deepEqual(await folders(own), ["/a/bin", "/a/conf", "multus"]);
    });

    it("adds values of the user's to those of the settings", async () => {
        const values = { excludeNamespaces: ["kube-system", "batch"], global: { logging: { level: "cni:debug" } } };
        const found = valuesOf(await planWith({ cni: { mode: "install", values } }), "istio-cni-agent");
        assert.deepEqual(at(found, "cni", "excludeNamespaces"), ["kube-system", "batch"]);
        assert.deepEqual(at(found, "global", "logging"), { level: "cni:debug" });
        assert.equal(at(found, "global", "imagePullPolicy"), "IfNotPresent");
    });

    it("lets the demo's and Jaeger's namespaces have Pod Security restricted", async () => {
        const restricted = { labels: { "pod-security.kubernetes.io/enforce": "restricted" } };
        const plan = await planWith(
            { cni: { mode: "install" } },
            { ownNamespaces: JSON.stringify(restricted), ui: '{"jaegerAccess":"mesh"}' },
        );
        for (const name of ["istio-system", "demo"])
            assert.equal(
                at(named(plan, name)?.inputs, "metadata", "labels", "pod-security.kubernetes.io/enforce"),
                "restricted",
                name,
            );
    });
});

describe("IstioCni", () => {
    it("does with the least of arguments what the program does with a stack that only installs it", async () => {
        const { istioCniArgs } = await import("../../../components/arguments");
        const { resolveSettings } = await import("../../../components/settings");
        const args = istioCniArgs(resolveSettings({ istio: '{"cni":{"mode":"install"}}' }));
        assert.ok(args);
        const { provider, ...program } = resolveIstioCni("x", args);
        const { provider: none, ...least } = resolveIstioCni("x", {});
        assert.deepEqual([provider, none], ["default", undefined]);
        assert.deepEqual(least, program);
    });

    for (const [args, key] of [
        [{ namespace: "Kube" }, "namespace"],
        [{ binDir: "opt" }, "binDir"],
        [{ provider: "calico" }, "provider"],
        [{ values: { hub: "mine" } }, "values.hub (setting istio.cni.values.hub)"],
        [{ chartSource: "/nowhere" }, "chartSource (setting istio.chartSource)"],
        [{ folder: "/opt" }, "folder"],
    ] satisfies [object, string][]) {
        it(`refuses ${JSON.stringify(args)}`, () => {
            assert.throws(
                () => resolveIstioCni("cni", args as IstioCniArgs),
                (error: unknown) => {
                    assert.ok(error instanceof ArgumentsError);
                    assert.deepEqual(
                        error.problems.map((problem) => problem.key),
                        [key],
                    );
                    return true;
                },
            );
        });
    }
});
