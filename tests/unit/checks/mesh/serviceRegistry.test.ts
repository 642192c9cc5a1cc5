import assert from "node:assert/strict";
import { isHeadless, lookUp, readRegistry } from "../../../../checks/mesh/serviceRegistry";
import { parseYaml } from "../../../../policy/yaml";
import type { Manifest } from "../../../../shared/kubernetes/manifest";

const service = (namespace: string): Manifest => ({
    ...{ apiVersion: "v1", kind: "Service", metadata: { name: "otel", namespace } },
    spec: { ports: [] },
});
const entry = (namespace: string, ...hosts: unknown[]): Manifest => ({
    ...{ apiVersion: "networking.istio.io/v1", kind: "ServiceEntry", metadata: { name: "entry", namespace } },
    spec: { hosts },
});
const HOST = "otel.obs.svc.cluster.local";

describe("what istiod finds for the service of a provider", () => {
    const outcome = (name: string, ...objects: Manifest[]): string =>
        lookUp(readRegistry(objects, parseYaml), name).outcome;

    it("is a Service by its full name, whatever the cluster's domain is", () => {
        assert.equal(outcome(HOST, service("obs")), "found");
        assert.equal(outcome("otel.obs.svc.corp.example", service("obs")), "found");
        for (const name of [`${HOST}.`, "otel.obs", "otel", "otel.shop.svc.cluster.local", ""])
            assert.equal(outcome(name, service("obs")), "unknown", name);
    });

    it("is a ServiceEntry by any of its hosts, once", () => {
        assert.equal(
            outcome("a.example.com", entry("obs", "b.example.com", "a.example.com", "a.example.com")),
            "found",
        );
        assert.equal(outcome("a.example.com", entry("obs", null, 5)), "unknown");
    });

    it("is the Service where both are in one namespace, and nothing where they are in two", () => {
        const found = lookUp(readRegistry([entry("obs", HOST), service("obs")], parseYaml), HOST);
        assert.equal(found.outcome === "found" && found.entry.service?.["kind"], "Service");
        assert.equal(outcome(HOST, service("obs"), entry("shop", HOST)), "ambiguous");
        assert.equal(outcome(`obs/${HOST}`, service("obs"), entry("shop", HOST)), "found");
        assert.equal(outcome(`web/${HOST}`, service("obs")), "elsewhere");
    });

    it("knows a headless Service from an alias", () => {
        assert.ok(isHeadless({ spec: { clusterIP: "None" } }));
        assert.ok(!isHeadless({ spec: { clusterIP: "None", type: "ExternalName" } }));
        assert.ok(!isHeadless({}));
    });
});
