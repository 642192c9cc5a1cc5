import assert from "node:assert/strict";
import { decidingMtls, isStrict } from "../../../../checks/mesh/strictMtls";
import { nameOf, type Manifest } from "../../../../shared/kubernetes/manifest";

const PODS = { labels: { app: "a" }, namespace: "demo", rootNamespace: "istio-system" };

function rule(namespace: string, name: string, spec: object): Manifest {
    return { apiVersion: "security.istio.io/v1", kind: "PeerAuthentication", metadata: { namespace, name }, spec };
}

function decided(...rules: Manifest[]): string {
    const found = decidingMtls(rules, PODS, 8080);
    return found === undefined ? "none" : `${nameOf(found.rule)} ${found.mode}`;
}

describe("the PeerAuthentication that decides", () => {
    const mesh = rule("istio-system", "mesh", { mtls: { mode: "STRICT" } });
    const own = { selector: { matchLabels: { app: "a" } } };

    it("is that of the mesh, then that of the namespace, then that of the workload, then that of its port", () => {
        const home = rule("demo", "home", { mtls: { mode: "PERMISSIVE" } });
        const workload = rule("demo", "workload", { ...own, mtls: { mode: "DISABLE" } });
        const port = rule("demo", "port", {
            ...own,
            mtls: { mode: "DISABLE" },
            portLevelMtls: { 8080: { mode: "STRICT" } },
        });
        assert.equal(decided(), "none");
        assert.equal(decided(mesh), "mesh STRICT");
        assert.equal(decided(mesh, home), "home PERMISSIVE");
        assert.equal(decided(mesh, home, workload), "workload DISABLE");
        assert.equal(decided(mesh, home, port), "port STRICT");
        assert.ok(isStrict([port], PODS, 8080));
        assert.ok(!isStrict([port], PODS, 80));
    });

    it("is no rule that leaves its mode unset, or selects other pods", () => {
        const unset = rule("demo", "unset", { ...own, mtls: { mode: "UNSET" } });
        const other = rule("demo", "other", { selector: { matchLabels: { app: "b" } }, mtls: { mode: "DISABLE" } });
        assert.equal(decided(mesh, unset, other), "mesh STRICT");
        assert.equal(decided(rule("demo", "odd", { mtls: "DISABLE" })), "none");
    });
});
