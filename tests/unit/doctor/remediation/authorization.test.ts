import assert from "node:assert/strict";
import { denialsOf, type AuthorizedRequest } from "../../../../checks/mesh/authorization";
import { admit } from "../../../../doctor/remediation/authorization";
import type { Command } from "../../../../doctor/remediation/commands";
import type { Manifest } from "../../../../shared/kubernetes/manifest";
import { listAt, mapAt } from "../../../../shared/values/plainObjects";

const PRINCIPAL = "cluster.local/ns/demo/sa/frontend";
const POD = { labels: { app: "backend" }, namespace: "demo", rootNamespace: "istio-system" };
const REQUEST: AuthorizedRequest = {
    from: { principals: [PRINCIPAL], namespace: "demo" },
    ...{ port: 5678, method: "GET", path: "/" },
};
const ADMISSION = { name: "backend-callers", labels: { app: "backend" }, principals: [PRINCIPAL] };

function policy(name: string, spec: Manifest, namespace = "demo"): Manifest {
    return { apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy", metadata: { name, namespace }, spec };
}

/** The policies after these commands. */
function after(policies: Manifest[], commands: Command[]): Manifest[] {
    return commands.reduce((all, command) => {
        if (command.verb === "apply") return [...all, command.object as Manifest];
        assert.ok(command.verb === "patch");
        return all.map((one) => {
            if (mapAt(one, "metadata")["name"] !== command.object.metadata.name) return one;
            const rules = listAt(one, "spec", "rules").map((rule, index) => {
                const change = command.patch.find(({ path }) => path === `/spec/rules/${String(index)}`);
                return (change?.value ?? rule) as Manifest;
            });
            return { ...one, spec: { ...mapAt(one, "spec"), rules } };
        });
    }, policies);
}

const deny = (name: string, ...rules: Manifest[]): Manifest => policy(name, { action: "DENY", rules });

describe("the commands for a request that policies reject", () => {
    const others: AuthorizedRequest = { ...REQUEST, from: { principals: ["cluster.local/ns/x/sa/y"], namespace: "x" } };
    const rejecting: [string, Manifest[], Command["verb"][]][] = [
        ["one that allows nobody", [policy("none", {})], ["apply"]],
        ["one of the mesh that allows nobody", [policy("none", {}, "istio-system")], ["apply"]],
        ["one that denies all", [deny("all", {})], ["patch"]],
        ["one with two rules that deny", [deny("all", {}, { from: [{ source: { namespaces: ["*"] } }] })], ["patch"]],
        [
            "one that denies by service account",
            [deny("all", { from: [{ source: { serviceAccounts: ["frontend"] } }] })],
            ["patch"],
        ],
        [
            "two that deny",
            [deny("one", {}), deny("two", { to: [{ operation: { methods: ["GET"] } }] })],
            ["patch", "patch"],
        ],
        ["one that denies, and one that allows nobody", [deny("all", {}), policy("none", {})], ["patch", "apply"]],
    ];
    for (const [what, policies, verbs] of rejecting) {
        it(`really let it in, and nobody else (${what})`, () => {
            assert.notDeepEqual(denialsOf(policies, REQUEST, POD), []);
            const commands = admit(policies, REQUEST, POD, ADMISSION);
            assert.deepEqual(
                commands.map(({ verb }) => verb),
                verbs,
            );
            assert.deepEqual(denialsOf(after(policies, commands), REQUEST, POD), []);
            const before = denialsOf(policies, others, POD).length > 0;
            assert.equal(denialsOf(after(policies, commands), others, POD).length > 0, before);
        });
    }

    it("let in a sender without an identity at that port alone", () => {
        const plain: AuthorizedRequest = { ...REQUEST, from: undefined };
        for (const policies of [[deny("all", {})], [policy("none", {})]]) {
            const commands = admit(policies, plain, POD, { ...ADMISSION, principals: undefined });
            const changed = after(policies, commands);
            assert.deepEqual(denialsOf(changed, plain, POD), []);
            assert.ok(denialsOf(changed, { ...plain, port: 8080 }, POD).length > 0);
        }
    });

    it("let in the whole mesh at that port, where every sender is meant", () => {
        const policies = [deny("all", { from: [{ source: { namespaces: ["*"] } }] })];
        const commands = admit(policies, REQUEST, POD, { ...ADMISSION, principals: ["*"] });
        assert.deepEqual(denialsOf(after(policies, commands), others, POD), []);
        assert.equal(denialsOf(after(policies, commands), { ...others, port: 8080 }, POD).length, 1);
    });

    it("take no name that another policy has", () => {
        const [command] = admit([policy("backend-callers", {})], REQUEST, POD, ADMISSION);
        assert.ok(command?.verb === "apply");
        assert.equal(mapAt(command.object, "metadata")["name"], "backend-callers-2");
    });
});
