import assert from "node:assert/strict";
import { ruleInUse } from "../../../../doctor/inventory/destinationRules";
import type { SpecObject } from "../../../../shared/kubernetes/objects";
import { objectOf } from "../patient";

const host = "backend.shop.svc.cluster.local";
const exact = { host };
const wide = { host: "*.local" };
const forApp = (app: string): object => ({ workloadSelector: { matchLabels: { app } } });

/** The rule, as `NAMESPACE/NAME`, that a sidecar uses: of a pod with the label app=frontend, by default in `demo`. */
function used(rules: SpecObject[], namespace = "demo", home = "shop"): string | undefined {
    const client = { name: "frontend-1", namespace, labels: { app: "frontend" } };
    const found = ruleInUse({ host, home }, client, {
        mesh: { rootNamespace: "istio-system" },
        discovery: { destinationRules: { value: rules } },
    });
    return found && `${found.metadata.namespace ?? ""}/${found.metadata.name}`;
}

describe("the DestinationRule that a sidecar uses", () => {
    const [own, home, root] = ["demo", "shop", "istio-system"].map((namespace) => objectOf(namespace, "rule", exact));
    assert.ok(own && home && root);

    it("is that of the client's namespace, otherwise of the Service's, otherwise of the root namespace", () => {
        assert.equal(used([root, home, own]), "demo/rule");
        assert.equal(used([root, home]), "shop/rule");
        assert.equal(used([root]), "istio-system/rule");
        assert.equal(used([root, home], "demo", "elsewhere"), "istio-system/rule");
        assert.equal(used([]), undefined);
    });

    it("is that of the Service's namespace for a client in the root namespace", () => {
        assert.equal(used([root, home], "istio-system"), "shop/rule");
    });

    it("is a wide one that is near, before an exact one elsewhere", () => {
        assert.equal(used([home, objectOf("demo", "wide", wide)]), "demo/wide");
    });

    it("is the one with the most specific host in its namespace", () => {
        const shorter = objectOf("demo", "short", { host: "*.shop.svc.cluster.local" });
        assert.equal(used([objectOf("demo", "wide", wide), own, shorter]), "demo/rule");
        assert.equal(used([objectOf("demo", "wide", wide), shorter]), "demo/short");
        assert.equal(used([objectOf("shop", "brief", { host: "backend" })]), "shop/brief");
        assert.equal(used([objectOf("demo", "brief", { host: "backend" })]), undefined);
    });

    it("is the one that selects the client's pod, if it lies in the client's namespace", () => {
        const mine = objectOf("demo", "mine", { ...exact, ...forApp("frontend") });
        const others = objectOf("demo", "others", { ...exact, ...forApp("backend") });
        const far = objectOf("shop", "far", { ...exact, ...forApp("frontend") });
        assert.equal(used([own, others, mine]), "demo/mine");
        assert.equal(used([own, others]), "demo/rule");
        assert.equal(used([far]), undefined);
    });

    it("is none where a rule of the nearest namespace selects other pods only", () => {
        assert.equal(used([objectOf("demo", "others", { ...exact, ...forApp("backend") }), home]), undefined);
    });

    it("is one that is exported to the client's namespace", () => {
        const to = (...exportTo: string[]): SpecObject => objectOf("shop", "rule", { ...exact, exportTo });
        assert.deepEqual(
            [to("."), to("other"), to("*"), to("demo", "other")].map((rule) => used([rule])),
            [undefined, undefined, "shop/rule", "shop/rule"],
        );
        assert.equal(used([objectOf("demo", "rule", { ...exact, exportTo: ["."] })]), "demo/rule");
    });
});
